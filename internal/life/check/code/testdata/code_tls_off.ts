declare const https: any, options: any, strict: boolean;
new https.Agent({ rejectUnauthorized: false }); // hit
options.rejectUnauthorized = false; // hit
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; // hit
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = 0 as any; // hit
request({ strictSSL: !1 }); // hit
const off = false;
new https.Agent({ "rejectUnauthorized": off }); // hit
new https.Agent({ rejectUnauthorized: true });
new https.Agent({ rejectUnauthorized: strict });
const note = "rejectUnauthorized: false";
