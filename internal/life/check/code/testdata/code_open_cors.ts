declare const request: Request, headers: Headers, app: any, cors: any;
const h = { "Access-Control-Allow-Origin": request.headers.get("Origin") ?? "*", "Access-Control-Allow-Credentials": "true" }; // hit
app.use(cors({ origin: true, credentials: true })); // hit
app.use(cors({ origin: "https://intranet.example.com", credentials: true }));
app.use(cors({ origin: true }));
