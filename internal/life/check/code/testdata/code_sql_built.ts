declare const db: any, env: any, name: string, ids: string[], id: number;
db.prepare(`select * from people where name = '${name}'`); // hit
db.exec("delete from people where id = " + id); // hit
await env.DB.prepare("SELECT * FROM t WHERE a = '" + name + "' AND b = 1").all(); // hit
const q = `insert into people values ('${name}')`;
db.exec(q); // hit
db
  .query(`update people set name = ${name}`); // hit
db.run(`insert or replace into people values (${id})`); // hit
let sql = "select * from people";
sql += " where id = " + id;
db.prepare("select * from people where name = ?").bind(name);
db.prepare(`
  create table if not exists people (id integer)
`);
const table = "people";
db.prepare(`select * from ${table} where id = ?`).bind(id);
db.prepare("select *" + " from people");
db.prepare(`select * from people where id in (${ids.map(() => "?").join(",")})`).bind(...ids);
const marks = Array(3).fill("?").join(", ");
db.prepare(`select * from people where id in (${marks})`);
/select/.exec(`select ${name}`.trim());
log.get(`Selected ${name} from the list`);
map.get(`select-${name}`);
cache.get("update: " + name);
await sql2`select * from people where id = ${id}`;
