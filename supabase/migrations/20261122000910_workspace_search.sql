-- What the list and search tools ask of the workspace, in one statement each. They run with the caller's rights,
-- so RLS decides what they see; they are STABLE, and called by GET.

-- A user's text as what is looked for. Of each word: as it stands in folded text, in its other spelling if it has one,
-- without the punctuation around it if there is any, the patterns of a whole word and of the beginning of one, and its
-- stem, a prefix (null where English has none). Of all: what any row has to be like that has one of them. Stop words
-- are left out unless there is nothing else.
create type private.search_terms as (
  words text[], spelt text[], bare text[], whole text[], starts text[], stems tsquery[], any_like text[],
  any_stem tsquery
);

-- The stems are quoted one by one, so that nothing in the text acts as an operator.
create function private.search_terms(p_query text) returns private.search_terms
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return (
  with words as (
    select word, n, nullif(private.folded_spelt(raw), word) as spelt,
      nullif(nullif(regexp_replace(word, '^[]["''(){}<>,.;:!?]+|[]["''(){}<>,.;:!?]+$', '', 'g'), ''), word) as bare, (
        select string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''':*', ' & ')::tsquery
        from unnest(to_tsvector('pg_catalog.english', word))
      ) as stem
    from regexp_split_to_table(normalize(p_query, NFKC), '[\s、。「」『』・।]+') with ordinality as split (raw, n)
    cross join lateral private.folded(raw) as word
    where word <> ''
  ),
  judged as (select *, stem is null and word ~ '^[a-z]+$' as stop from words),
  kept as (
    select *, '(^|[^[:alnum:]])(' || regexp_replace(word, '([^[:alnum:]])', '\\\1', 'g')
      || coalesce('|' || regexp_replace(spelt, '([^[:alnum:]])', '\\\1', 'g'), '') || ')' as starts
    from (select *, bool_and(stop) over () as only_stops from judged) as counted
    where not stop or only_stops
  )
  select row (array_agg(word order by n), array_agg(spelt order by n), array_agg(bare order by n),
    array_agg(starts || '($|[^[:alnum:]])' order by n), array_agg(starts order by n), array_agg(stem order by n),
    (select array_agg('%' || regexp_replace(looked, '([%_\\])', '\\\1', 'g') || '%')
      from kept cross join lateral unnest(array[word, spelt, bare]) as looked where looked is not null),
    string_agg('(' || stem::text || ')', ' | ')::tsquery
  )::private.search_terms
  from kept
  );
end
$$;

create function private.is_blank(p_query text) returns boolean
language plpgsql immutable parallel safe security invoker set search_path = ''
as $$
begin
  return btrim(coalesce(p_query, '')) = '';
end
$$;

-- The caller's rows that fit a text, and how well: 2 and more if a row has every word, whole words before beginnings
-- of words before other forms and insides of words, and in the title, the first line, before elsewhere; between 0 and 1
-- if it has some of the words, or a title that looks like the text where no row has every word. Among some words, those
-- of two letters count only in scripts where they are long. Without a text every row fits.
--
-- One function for each table, made here from one text, because a statement that names its table keeps its plan. With
-- what the lists choose and order by, so that these read each row once.
do $do$
declare
  v_of record;
begin
  for v_of in select * from (values
    ('projects', 'name', 'updated_at timestamptz, status public.project_status', 'r.updated_at, r.status', 'true'),
    ('tasks', 'title', 'created_at timestamptz, status public.task_status, priority public.task_priority, '
      'start_date timestamptz, project_id uuid, parent_task_id uuid',
      'r.created_at, r.status, r.priority, r.start_date, r.project_id, r.parent_task_id', 'r.deleted_at is null'),
    ('notes', 'title', 'updated_at timestamptz, project_id uuid, category text',
      'r.updated_at, r.project_id, r.category', 'true'),
    ('brain_dumps', 'title', 'created_at timestamptz, project_id uuid, status public.brain_dump_status',
      'r.created_at, r.project_id, r.status', 'true')
  ) as t (name, title, types, columns, there)
  loop
    execute format($create$
create function private.%1$s_fitting(p_query text) returns table (id uuid, score real, %3$s)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
begin
  if private.is_blank(p_query) then
    return query select r.id, 2::real, %4$s from public.%1$I as r where %5$s;
    return;
  end if;
  return query
  with terms as materialized (select * from private.search_terms(p_query)),
  fitting as materialized (
    select r.id, looked.score::real, %4$s
    from terms as q, public.%1$I as r
    cross join lateral (
      select case
          when bool_and(place is not null or stemmed)
            then 2 + min(coalesce(place, 0)) + case when bool_and(titled) then 0.5 else 0 end
          when bool_or(stemmed or place is not null
              and (char_length(word) > 2 or word ~ '[\u0e00-\u0eff\u3040-\u9fff\uac00-\ud7af]'))
            then 0.5 + 0.4 * count(*) filter (where place is not null or stemmed) / count(*)
          else 0
        end as score
      from (
        select word, coalesce(r.search @@ stem, false) as stemmed,
          strpos(split_part(r.folded, E'\n', 1), word) > 0 as titled,
          case
            when strpos(r.folded, word) > 0 or strpos(r.folded, spelt) > 0
              then case when r.folded ~ whole then 2 when r.folded ~ starts then 1 else 0 end
            when strpos(r.folded, bare) > 0 then 0
          end as place
        from unnest(q.words, q.spelt, q.bare, q.whole, q.starts, q.stems)
          as t (word, spelt, bare, whole, starts, stem)
      ) as words
    ) as looked
    where %5$s and (r.folded like any (q.any_like) or r.search @@ q.any_stem) and looked.score > 0
  )
  select * from fitting
  union all
  select r.id, 0.35, %4$s from public.%1$I as r
  where not exists (select from fitting where score >= 2) and r.id not in (select f.id from fitting as f)
    and %5$s and extensions.word_similarity(p_query, r.%2$I) >= 0.35;
end
$$
    $create$, v_of.name, v_of.title, v_of.types, v_of.columns, v_of.there);
  end loop;
end
$do$;

-- The search functions take what people wrote as fields of one JSON argument, because in a URL any other argument
-- that looks like a number, a boolean or null may be taken for one.
--
-- Each row has its `place`, by which the list is ordered: what a part of the list ends with, the next goes on after.
-- So a row that comes or goes between two parts moves no other. `total` rows fit, `rest` of them from here on; lists
-- that are asked for without a text count no further than 201, which stands for more than 200, and read in the order of
-- an index, so that a part costs what it shows, however long the list is.

-- The lists keep their plans, whatever is asked of them. So these have to be good for an account of any size: the rows
-- of a list are read by their keys, one by one (`offset 0` keeps them from being joined with all that the user has),
-- and a list that another index serves is a statement of its own.

-- Projects, those that are listed with their tasks counted. Those that have some of the words are listed where none has
-- all of them; the list stays what it was begun as.
create function public.search_projects(
  p_words jsonb default '{}', p_status public.project_status default null, p_has_active_tasks boolean default null,
  p_limit integer default 10, p_after jsonb default null
) returns table (
  id uuid, name text, slug text, status public.project_status, start_date date, end_date date, tags text[],
  context_preview text, backlog bigint, in_progress bigint, blocked bigint, done bigint,
  place text, total bigint, rest bigint
)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
  v_some constant boolean := (p_after ->> 0)::numeric > -2;
begin
  return query
  with scored as (
    select f.id, f.updated_at, f.score, max(f.score) over () as best
    from private.projects_fitting(p_words ->> 'query') as f
    where (p_status is null or f.status = p_status)
      and (p_has_active_tasks is null or p_has_active_tasks = exists (
        select from public.tasks as t
        where t.project_id = f.id and t.deleted_at is null and t.status <> 'done' offset 0
      ))
  ),
  placed as (
    select id, jsonb_build_array(-score, -extract(epoch from updated_at), id) as place, count(*) over () as total
    from scored where score >= 2 or coalesce(v_some, best < 2)
  ),
  listed as (
    select *, count(*) over () as rest from placed
    where p_after is null or place > p_after order by placed.place limit p_limit
  )
  select p.id, p.name, p.slug, p.status, p.start_date, p.end_date, p.tags, private.excerpt(p.context, 500), counts.*,
    l.place::text, l.total, l.rest
  from listed as l
  cross join lateral (select * from public.projects as p where p.id = l.id offset 0) as p
  cross join lateral (
    select count(*) filter (where t.status = 'backlog'), count(*) filter (where t.status = 'in_progress'),
      count(*) filter (where t.status = 'blocked'), count(*) filter (where t.status = 'done')
    from public.tasks as t
    where t.project_id = l.id and t.deleted_at is null
  ) as counts
  order by l.place;
end
$$;

-- A part of the notes without a text, the latest first: of all, of a category, of a project.
do $do$
declare
  v_of record;
begin
  for v_of in select * from (values ('all', 'true'), ('category', 'lower(n.category) = lower(p_category)'),
    ('project', 'n.project_id = p_project_id and (p_category is null or lower(n.category) = lower(p_category))')
  ) as t (name, condition)
  loop
    execute format($create$
create function private.notes_of_%1$s(p_project_id uuid, p_category text, p_limit integer, p_after jsonb)
returns table (id uuid, place jsonb, total bigint, rest bigint)
language plpgsql stable rows 10 security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
  v_upto constant timestamptz := coalesce(to_timestamp(-(p_after ->> 1)::double precision), 'infinity');
begin
  return query
  with fitting as not materialized (
    select n.id, n.updated_at, jsonb_build_array(-2, -extract(epoch from n.updated_at), n.id) as place
    from public.notes as n where %2$s
  ),
  here as not materialized (
    select * from fitting where updated_at <= v_upto and (p_after is null or place > p_after)
  ),
  counted as materialized (
    select count(*) as total from (select from fitting order by fitting.updated_at desc limit 201) as some_notes
  )
  select f.id, f.place, c.total, case when p_after is null then c.total else (
      select count(*) from (select from here order by here.updated_at desc limit 201) as some_notes
    ) end
  from (select * from here order by here.updated_at desc, here.id limit p_limit) as f, counted as c
  order by f.updated_at desc, f.id;
end
$$
    $create$, v_of.name, v_of.condition);
  end loop;
end
$do$;

-- A part of the notes that fit a text, the best first.
create function private.notes_found(p_words jsonb, p_project_id uuid, p_limit integer, p_after jsonb)
returns table (id uuid, place jsonb, total bigint, rest bigint)
language plpgsql stable rows 10 security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
  v_some constant boolean := (p_after ->> 0)::numeric > -2;
begin
  return query
  with scored as (
    select f.id, f.updated_at, f.score, max(f.score) over () as best
    from private.notes_fitting(p_words ->> 'query') as f
    where (p_project_id is null or f.project_id = p_project_id)
      and (p_words ->> 'category' is null or lower(f.category) = lower(p_words ->> 'category'))
  ),
  placed as (
    select id, jsonb_build_array(-score, -extract(epoch from updated_at), id) as place, count(*) over () as total
    from scored where score >= 2 or coalesce(v_some, best < 2)
  )
  select *, count(*) over () as rest from placed
  where p_after is null or place > p_after order by placed.place limit p_limit;
end
$$;

create function public.search_notes(
  p_words jsonb default '{}', p_project_id uuid default null, p_limit integer default 10, p_after jsonb default null
) returns table (
  id uuid, title text, category text, tags text[], project_id uuid, project_name text, preview text,
  updated_at timestamptz, place text, total bigint, rest bigint
)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
  v_way constant text := case when not private.is_blank(p_words ->> 'query') then 'text'
    when p_project_id is not null then 'project' when p_words ->> 'category' is not null then 'category'
    else 'all' end;
begin
  return query
  with listed as (
    select * from private.notes_of_all(p_project_id, p_words ->> 'category', p_limit, p_after) where v_way = 'all'
    union all
    select * from private.notes_of_category(p_project_id, p_words ->> 'category', p_limit, p_after)
    where v_way = 'category'
    union all
    select * from private.notes_of_project(p_project_id, p_words ->> 'category', p_limit, p_after)
    where v_way = 'project'
    union all
    select * from private.notes_found(p_words, p_project_id, p_limit, p_after) where v_way = 'text'
  )
  select n.id, n.title, n.category, n.tags, n.project_id,
    (select p.name from public.projects as p where p.id = n.project_id), private.excerpt(n.content, 200), n.updated_at,
    l.place::text, l.total, l.rest
  from listed as l
  cross join lateral (select * from public.notes as n where n.id = l.id offset 0) as n
  order by l.place;
end
$$;

create function public.search_brain_dumps(
  p_words jsonb default '{}', p_project_id uuid default null, p_status public.brain_dump_status default null,
  p_limit integer default 10, p_after jsonb default null
) returns table (
  id uuid, title text, status public.brain_dump_status, tags text[], project_id uuid, project_name text,
  summary text, created_at timestamptz, place text, total bigint, rest bigint
)
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
declare
  v_some constant boolean := (p_after ->> 0)::numeric > -2;
begin
  return query
  with scored as (
    select f.id, f.created_at, f.score, max(f.score) over () as best
    from private.brain_dumps_fitting(p_words ->> 'query') as f
    where (p_project_id is null or f.project_id = p_project_id)
      and (p_status is null or f.status = p_status)
  ),
  placed as (
    select id, jsonb_build_array(-score, -extract(epoch from created_at), id) as place, count(*) over () as total
    from scored where score >= 2 or coalesce(v_some, best < 2)
  ),
  listed as (
    select *, count(*) over () as rest from placed
    where p_after is null or place > p_after order by placed.place limit p_limit
  )
  select b.id, b.title, b.status, b.tags, b.project_id,
    (select p.name from public.projects as p where p.id = b.project_id),
    private.excerpt(coalesce(b.ai_summary, b.content), 200), b.created_at, l.place::text, l.total, l.rest
  from listed as l
  cross join lateral (select * from public.brain_dumps as b where b.id = l.id offset 0) as b
  order by l.place;
end
$$;

revoke all on function
  private.search_terms(text),
  private.projects_fitting(text),
  private.tasks_fitting(text),
  private.notes_fitting(text),
  private.brain_dumps_fitting(text),
  private.is_blank(text),
  private.notes_of_all(uuid, text, integer, jsonb),
  private.notes_of_category(uuid, text, integer, jsonb),
  private.notes_of_project(uuid, text, integer, jsonb),
  private.notes_found(jsonb, uuid, integer, jsonb),
  public.search_projects(jsonb, public.project_status, boolean, integer, jsonb),
  public.search_notes(jsonb, uuid, integer, jsonb),
  public.search_brain_dumps(jsonb, uuid, public.brain_dump_status, integer, jsonb)
from public, anon, service_role;
grant execute on function
  private.search_terms(text),
  private.projects_fitting(text),
  private.tasks_fitting(text),
  private.notes_fitting(text),
  private.brain_dumps_fitting(text),
  private.is_blank(text),
  private.notes_of_all(uuid, text, integer, jsonb),
  private.notes_of_category(uuid, text, integer, jsonb),
  private.notes_of_project(uuid, text, integer, jsonb),
  private.notes_found(jsonb, uuid, integer, jsonb),
  public.search_projects(jsonb, public.project_status, boolean, integer, jsonb),
  public.search_notes(jsonb, uuid, integer, jsonb),
  public.search_brain_dumps(jsonb, uuid, public.brain_dump_status, integer, jsonb)
to authenticated;
