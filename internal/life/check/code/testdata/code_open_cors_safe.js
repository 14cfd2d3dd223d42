headers.set("access-control-allow-origin", "*");
const other = { "Access-Control-Allow-Methods": "GET" };
