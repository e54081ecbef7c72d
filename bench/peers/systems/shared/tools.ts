// The workspace's tools, the same in every peer: three reads, one SQL statement each.
import process from "node:process";
import pg from "pg";

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

export async function listTasks() {
  const { rows } = await pool.query(
    `select t.id, t.title, t.status, t.due, p.name as project
     from tasks t join projects p on p.id = t.project_id
     where t.status = 'open' order by t.due, t.id limit 10`,
  );
  return { ok: true, tasks: rows };
}

export async function searchProjects({ query }: { query: string }) {
  const { rows } = await pool.query(
    `select id, name, status from projects
     where name ilike '%' || $1 || '%' or description ilike '%' || $1 || '%'
     order by name limit 5`,
    [query],
  );
  return { ok: true, projects: rows };
}

export async function getProjectDetails({ project_id }: { project_id: string }) {
  const { rows: [project] } = await pool.query(
    `select p.id, p.name, p.status, p.description, (
       select json_agg(x) from (
         select id, title, status, due from tasks where project_id = p.id order by due, id limit 10
       ) x
     ) as tasks
     from projects p where p.id = $1`,
    [project_id],
  );
  return project ? { ok: true, project } : { ok: false, error: "There is no such project." };
}
