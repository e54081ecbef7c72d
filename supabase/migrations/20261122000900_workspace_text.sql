-- The demo domain: projects, tasks, notes, brain dumps and a calendar. Together with `shared/domain/` the migrations
-- from here on can be left out, or have a team's own in their place; the engine's, before them, know none of it.

create schema if not exists extensions;
create extension if not exists pg_trgm with schema extensions;
grant usage on schema extensions to authenticated;

-- array_to_string is only STABLE, because it serves every element type; for text it never changes, and a
-- generated column wants that said.
create function private.tags_text(p_tags text[]) returns text
language sql immutable parallel safe security invoker set search_path = ''
as $$ select array_to_string(p_tags, ' ') $$;

-- Text as a search compares it: lower case, one form for what Unicode or a keyboard writes in several. Accents, vowel
-- points and signs that nobody sees are left out; digits, dashes, quotes, apostrophes, kana, the Armenian ligature and
-- the Arabic letters of other languages become those of one kind. In plpgsql, as its like below: each search and each
-- row that is written asks several times, and the plan is kept by the connection.
create function private.folded(p_text text) returns text
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  -- Text that is ASCII alone is read and folded a hundred times faster.
  return case when octet_length(p_text) = char_length(p_text) then lower(p_text) else
  replace(replace(replace(replace(replace(translate(translate(translate(translate(lower(normalize(
    regexp_replace(normalize(p_text, NFKD), '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u00ad\u034f\u061c'
      || '\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed'
      || '\u093c\u09bc\u0a3c\u0abc\u0b3c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]', '', 'g'),
    NFC)),
    E'łøđıðħŧς\u0901\u06a9\u06cc\u0649\u0629\u06be\u0671', E'lodidhtσ\u0902\u0643\u064a\u064a\u0647\u0647\u0627'),
    E'\u02bb\u02bc\u02bd\u02be\u02bf\u055a\u05f3\u2018\u2019\u201a\u201b\ua78c'
      || E'\u201c\u201d\u201e\u00ab\u00bb\u05f4\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be\u2044',
    '''''''''''''''''''''''''""""""--------/'),
    '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९'
      || '০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙', '01234567890123456789012345678901234567890123456789'),
    'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒ'
      || 'ビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ',
    'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひ'
      || 'びぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ'),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'եւ', 'եվ') end;
end
$$;

-- The same, with the letters that some write as two, and without the apostrophes inside words that some leave out:
-- Müller is Mueller, Søren Soeren, Hawaiʻi Hawaii.
create function private.folded_spelt(p_text text) returns text
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return regexp_replace(private.folded(replace(replace(replace(replace(replace(
    normalize(lower(p_text), NFC), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ø', 'oe'), 'å', 'aa')),
    '(?<=\S)''(?=\S)', '', 'g');
end
$$;

-- A row's text as searches look at it: in both spellings where there are two, or with those words once more.
create function private.searched(p_text text) returns text
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
declare
  v_folded constant text := private.folded(p_text);
begin
  return case when normalize(p_text, NFC) ~ '[äöüøåÄÖÜØÅ]' then v_folded || E'\n' || private.folded_spelt(p_text)
    when strpos(v_folded, '''') > 0 then v_folded || coalesce(E'\n' || (
        select string_agg(distinct private.folded_spelt(word), ' ')
        from regexp_split_to_table(v_folded, '\s+') as word where word ~ '\S''\S'
      ), '')
    else v_folded end;
end
$$;

revoke all on function
  private.tags_text(text[]), private.folded(text), private.folded_spelt(text), private.searched(text)
from public, anon, service_role;
grant execute on function
  private.tags_text(text[]), private.folded(text), private.folded_spelt(text), private.searched(text)
to authenticated;
