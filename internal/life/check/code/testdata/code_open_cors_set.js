headers.set("access-control-allow-credentials", "true");
headers.set("access-control-allow-origin", "*"); // hit
