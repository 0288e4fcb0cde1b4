// Keeps of a run of Newman what was sent and what came back, without the ids and tokens of its jobs. See README.md.
const crypto = require("crypto");
const fs = require("fs");

const report = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const kept = report.run.executions.map((one) => {
  const creates = one.item.name.startsWith("create ");
  const headers = Object.fromEntries(one.request.header.map((each) => [each.key.toLowerCase(), each.value]));
  const bytes = Buffer.from(one.response.stream.data);
  const url = one.request.url;
  const made = {
    name: one.item.name,
    method: one.request.method,
    code: one.response.code,
    authorization: "authorization" in headers,
    passed: (one.assertions || []).every((each) => !each.error),
  };
  if (creates) {
    made.path = "/" + url.path.join("/");
    made.query = url.query.map((each) => `${each.key}=${each.value}`).join("&");
    made.form = one.request.body ? one.request.body.urlencoded.map((each) => [each.key, each.value]) : [];
  }
  if (one.item.name.startsWith("fetch ")) {
    made.bytes = bytes.length;
    made.sha256 = crypto.createHash("sha256").update(bytes).digest("hex");
  }
  return made;
});
fs.writeFileSync(process.argv[3], JSON.stringify(kept, null, 2) + "\n");
