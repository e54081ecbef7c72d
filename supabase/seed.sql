-- A small workspace for the demo user: 4 projects, 25 tasks, 10 notes, 6 brain dumps and a week of calendar. Dates
-- follow from today, so that it looks current. It raises where there is no user `demo@example.com`, because the CLI
-- records a seed that went through and does not run it again. Where that user has projects already, it does nothing.
do $$
declare
  v_user constant uuid := (select id from auth.users where email = 'demo@example.com');
  v_today constant timestamptz := date_trunc('day', now());
  -- Today's date and the following ones that are working days, for what people do at work.
  v_work constant timestamptz[] := array(
    select day from generate_series(v_today, v_today + interval '13 days', interval '1 day') as day
    where extract(isodow from day) < 6
  );
  -- The Saturday to come, or today if it is one.
  v_saturday constant timestamptz := v_today + make_interval(days => (13 - extract(isodow from v_today)::integer) % 7);
begin
  if v_user is null then
    raise exception 'Cannot seed the demo workspace: no user has the address demo@example.com. Sign that user up, then seed again';
  end if;
  if exists (select from public.projects where user_id = v_user) then
    return;
  end if;

  insert into public.projects (id, user_id, name, slug, status, description, executive_summary, context, tags,
    start_date, end_date)
  select ('a0000000-0000-4000-8000-' || lpad(p.n::text, 12, '0'))::uuid, v_user, p.name, p.slug,
    p.status::public.project_status, p.description, p.executive_summary, p.context, p.tags,
    v_today::date + p.starts, v_today::date + p.ends
  from (values
    (1, 'Website', 'website', 'active',
      'Relaunch of the company website with a new design, clearer pricing and a faster shop.',
      'Design is signed off, the home page is being built. Copy for the product pages is the bottleneck.',
      'Stack: static site with a headless CMS. Brand colours are teal and sand. The old site gets about 40,000 visits a month, two thirds of them on phones. Legal wants the cookie banner reviewed before launch. Hosting moves to the new provider in the launch week.',
      array['web', 'marketing'], -30, 28),
    (2, 'Product Launch', 'product-launch', 'active',
      'Launch of the second generation of our desk lamp: press, shop, partners and a small event.',
      'Press list and samples are under way. The date hangs on the certification.',
      'Target price 149 euros. First batch is 2,000 pieces. The certification lab has promised its report for this month.',
      array['marketing', 'product'], -14, 45),
    (3, 'Home Renovation', 'home-renovation', 'paused',
      'Kitchen and hallway. Paused until the carpenter has time again.',
      null,
      'Budget 18,000 euros, of which 6,500 are spent. The kitchen plan with the corner window is the one we chose.',
      array['private'], -120, 90),
    (4, 'Team Handbook', 'team-handbook', 'completed',
      'One place for how we work: onboarding, holidays, expenses, security.',
      'Published and in use. Reviewed twice a year.',
      null,
      array['internal', 'writing'], -160, -20)
  ) as p (n, name, slug, status, description, executive_summary, context, tags, starts, ends);

  insert into public.tasks (id, user_id, project_id, parent_task_id, title, description, details, status, priority,
    start_date, duration_minutes, completed_at, dependencies, created_at)
  select ('b0000000-0000-4000-8000-' || lpad(t.n::text, 12, '0'))::uuid, v_user,
    ('a0000000-0000-4000-8000-' || lpad(t.project::text, 12, '0'))::uuid,
    ('b0000000-0000-4000-8000-' || lpad(t.parent::text, 12, '0'))::uuid,
    t.title, t.description, t.details, t.status::public.task_status, t.priority::public.task_priority,
    v_today + t.starts, t.minutes,
    case when t.status = 'done' then v_today + t.starts + make_interval(mins => t.minutes) end,
    case when t.waits_for is null then '{}'
      else array[('b0000000-0000-4000-8000-' || lpad(t.waits_for::text, 12, '0'))::uuid] end,
    now() - make_interval(days => 30 - t.n)
  from (values
    (1, 1, null::integer, 'Write copy for the product pages', 'Six pages, about 200 words each. The tone of the new brand guide.', 'Start with the two best sellers. Anna has the customer quotes.', 'in_progress', 'high', interval '-1 day 14 hours', 180, null::integer),
    (2, 1, null, 'Build the pricing page', 'Three plans side by side, monthly and yearly.', null, 'backlog', 'high', null, 120, null),
    (3, 1, null, 'Set up redirects from the old URLs', 'The list of the 300 most visited pages is in the shared drive.', null, 'backlog', 'medium', null, 90, null),
    (4, 1, null, 'Review the cookie banner with legal', 'They asked for opt-in without pre-ticked boxes.', null, 'blocked', 'medium', '6 days 11 hours', 45, null),
    (5, 1, null, 'Test checkout on phones', 'iOS and Android, slow network, all payment methods.', null, 'backlog', 'high', null, 120, 2),
    (6, 1, 1, 'Collect customer quotes', 'Five quotes with permission to print them.', null, 'backlog', 'low', null, 60, null),
    (7, 1, null, 'Choose the hosting provider', null, 'We took the one with the data centre in Frankfurt.', 'done', 'high', '-12 days 10 hours', 60, null),
    (8, 1, null, 'Sign off the home page design', null, null, 'done', 'high', '-8 days 14 hours', 90, null),
    (9, 1, null, 'Move the blog articles to the CMS', '84 articles, pictures included.', null, 'done', 'medium', '-5 days 9 hours', 240, null),
    (10, 2, null, 'Send samples to the press list', 'Twelve journalists, addresses are in the note "Press list".', null, 'in_progress', 'high', '-2 days 11 hours', 90, null),
    (11, 2, null, 'Chase the certification report', 'The lab promised it for last week.', null, 'blocked', 'high', '-1 day 9 hours', 30, null),
    (12, 2, null, 'Draft the press release', 'One page, quotes from Marta and from the designer.', null, 'backlog', 'high', '2 days 13 hours', 120, null),
    (13, 2, null, 'Book the venue for the launch event', 'Forty people, projector, reachable by tram.', null, 'backlog', 'medium', null, 45, null),
    (14, 2, null, 'Photograph the new lamp', 'White background and three rooms.', null, 'backlog', 'medium', '3 days 10 hours', 180, null),
    (15, 2, null, 'Agree margins with the resellers', null, null, 'backlog', 'low', null, 60, null),
    (16, 2, null, 'Write the packing list for the first batch', null, null, 'done', 'medium', '-6 days 15 hours', 60, null),
    (17, 3, null, 'Ask the carpenter for a new date', 'He said after the holidays.', null, 'blocked', 'medium', null, 15, null),
    (18, 3, null, 'Choose the worktop', 'Oak or linoleum. Samples are in the hallway.', null, 'backlog', 'low', null, 60, null),
    (19, 3, null, 'Order the corner window', null, 'Ordered, arrives in six weeks.', 'done', 'high', '-21 days 12 hours', 30, null),
    (20, 4, null, 'Write the onboarding chapter', null, null, 'done', 'medium', '-40 days 9 hours', 240, null),
    (21, 4, null, 'Have the expenses chapter checked by accounting', null, null, 'done', 'medium', '-33 days 10 hours', 60, null),
    (22, 4, null, 'Publish the handbook', null, null, 'done', 'high', '-25 days 16 hours', 30, null),
    (23, null, null, 'Prepare the tax documents', 'Receipts for the home office and the train tickets.', null, 'backlog', 'high', '-3 days 18 hours', 90, null),
    (24, null, null, 'Renew the passport', 'Photo is already taken.', null, 'backlog', 'medium', '5 days 8 hours', 45, null),
    (25, null, null, 'Plan the weekend in the mountains', null, null, 'in_progress', 'low', null, 60, null)
  ) as t (n, project, parent, title, description, details, status, priority, starts, minutes, waits_for);

  insert into public.notes (id, user_id, project_id, title, content, category, tags)
  select ('c0000000-0000-4000-8000-' || lpad(n.n::text, 12, '0'))::uuid, v_user,
    ('a0000000-0000-4000-8000-' || lpad(n.project::text, 12, '0'))::uuid, n.title, n.content, n.category, n.tags
  from (values
    (1, 1, 'Website kick-off', E'Present: Anna, Marta, Jonas.\n\nGoals: pricing that people understand, a shop that works on phones, pages that load in under two seconds.\n\nDecisions: static site, one CMS, no chat widget. Anna writes the copy, Jonas builds, Marta signs off.', 'meeting', array['web', 'decisions']),
    (2, 1, 'Brand guide in short', E'Teal #0F766E, sand #E7DCC8. Headlines in sentence case. We say "you", never "the user". No exclamation marks.', 'reference', array['brand', 'copy']),
    (3, 1, 'Redirect rules', E'/shop/* goes to /products/*, /blog/YYYY/MM/slug goes to /blog/slug, /about-us goes to /company. Everything else answers 410.', 'reference', array['web']),
    (4, 1, 'Questions for legal', E'May we load the fonts from our own server without consent? Does the reseller form need a second checkbox? Who keeps the consent log?', 'question', array['web', 'legal']),
    (5, 2, 'Press list', E'Twelve names with addresses. First: Design Weekly, Light & Room, the city paper. Embargo until the day of the event.', 'reference', array['press']),
    (6, 2, 'Call with the certification lab', E'Report is late because of the dimmer test. They repeat it on Thursday. If it passes, we have the paper two days later.', 'meeting', array['product', 'certification']),
    (7, 2, 'Ideas for the launch event', E'Dark room, one lamp, then another. Music from the record shop next door. Drinks: no red wine near the lamps.', 'idea', array['event']),
    (8, 3, 'Kitchen measurements', E'Long wall 412 cm, short wall 268 cm, window sill at 91 cm. Socket behind the fridge must move 40 cm to the left.', 'reference', array['kitchen']),
    (9, 4, 'What we learned from the handbook', E'Short chapters are read. Every rule needs its reason. Screenshots are outdated in a month.', 'retrospective', array['writing']),
    (10, null, 'Books to read', E'A Pattern Language. The Design of Everyday Things. Something about bread.', 'idea', array['private', 'books'])
  ) as n (n, project, title, content, category, tags);

  insert into public.brain_dumps (id, user_id, project_id, title, content, ai_summary, status, tags)
  select ('d0000000-0000-4000-8000-' || lpad(b.n::text, 12, '0'))::uuid, v_user,
    ('a0000000-0000-4000-8000-' || lpad(b.project::text, 12, '0'))::uuid, b.title, b.content, b.ai_summary,
    b.status::public.brain_dump_status, b.tags
  from (values
    (1, 1, 'Thoughts after the usability test', E'two of five people did not find the prices, one thought the yearly plan was a discount code?? the phone menu covers the cart. maybe show the total earlier. also the hero picture is huge, 1.8 MB, ask jonas', 'Prices are hard to find, the yearly plan is misunderstood, the phone menu covers the cart, the hero picture is too large.', 'parsed', array['web', 'usability']),
    (2, 1, 'Newsletter idea', E'what if the newsletter had one lamp story per month instead of offers, people answer to stories. needs a writer. ask the record shop guy', null, 'pending', array['marketing']),
    (3, 2, 'Launch worries', E'if the report slips again the event is in december and nobody comes in december. plan b: small dinner for the press in january, ten people', 'If the certification slips into December, hold a small press dinner in January instead of the event.', 'parsed', array['event']),
    (4, 2, 'Reseller call, unsorted', E'they want 42 percent, we said 35, they sell 300 a year, free shipping from 10 pieces? they liked the sand colour best', null, 'pending', array['resellers']),
    (5, 3, 'Hallway', E'hooks at two heights, bench with shoes under it, no more white, maybe the sand colour from work', 'Hallway: hooks at two heights, a bench for shoes, a warmer colour than white.', 'saved', array['home']),
    (6, null, 'Sunday evening', E'sleep more. call mum on thursdays. bread again, with less water. mountains before the snow comes?', null, 'pending', array['private'])
  ) as b (n, project, title, content, ai_summary, status, tags);

  insert into public.calendar_events (id, user_id, task_id, title, description, starts_at, ends_at, all_day, recurrence)
  select ('e0000000-0000-4000-8000-' || lpad(e.n::text, 12, '0'))::uuid, v_user,
    ('b0000000-0000-4000-8000-' || lpad(e.task::text, 12, '0'))::uuid, e.title, e.description,
    e.day + e.at, e.day + e.at + e.lasts, e.lasts = interval '1 day', e.recurrence::public.recurrence_pattern
  from (values
    (1, null::integer, 'Stand-up', null, v_work[1] - interval '14 days', interval '9 hours', interval '15 minutes', 'weekdays'),
    (2, null, 'Website weekly', 'Anna, Marta, Jonas. What is done, what is stuck.', v_work[2] - interval '21 days', interval '10 hours', interval '1 hour', 'weekly'),
    (3, null, 'Lunch with Jonas', null, v_work[2], interval '12 hours', interval '1 hour', null),
    (4, null, 'Dentist', 'Bring the insurance card.', v_work[2], interval '15 hours 30 minutes', interval '45 minutes', null),
    (5, 12, 'Draft the press release', 'One page, quotes from Marta and from the designer.', v_work[3], interval '13 hours', interval '2 hours', null),
    (6, 14, 'Photograph the new lamp', 'White background and three rooms.', v_work[4], interval '10 hours', interval '3 hours', null),
    (7, null, 'Call with the certification lab', null, v_work[3], interval '9 hours 30 minutes', interval '30 minutes', null),
    (8, null, 'Interview: working student', 'CV is in the shared drive.', v_work[4], interval '15 hours', interval '1 hour', null),
    (9, null, 'Team retrospective', null, v_work[5], interval '14 hours', interval '90 minutes', 'biweekly'),
    (10, null, 'Mountains', null, v_saturday, interval '0', interval '1 day', null)
  ) as e (n, task, title, description, day, at, lasts, recurrence);

  -- What others wrote: a mail that was forwarded, and an invitation.
  insert into public.external_rows (user_id, relation, row_key, source) values
    (v_user, 'public.brain_dumps', 'd0000000-0000-4000-8000-000000000004', 'email'),
    (v_user, 'public.calendar_events', 'e0000000-0000-4000-8000-000000000008', 'invite');
end
$$;
