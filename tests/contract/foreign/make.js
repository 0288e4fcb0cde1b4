// Writes postman.json as Bruno itself would keep it, both ways, with Bruno's own packages. See README.md.
const fs = require("fs");
const path = require("path");
const { brunoToOpenCollection, postmanToBruno } = require("@usebruno/converters");
const { jsonToBruV2, jsonToCollectionBru } = require("@usebruno/lang");

const here = process.argv[2];
const source = JSON.parse(fs.readFileSync(path.join(here, "postman.json"), "utf8"));

// What Bruno's application does with a request before it lies on the disk.
const onDisk = (item) => ({
  meta: { name: item.name, type: "http", seq: item.seq },
  http: {
    method: item.request.method.toLowerCase(),
    url: item.request.url,
    auth: item.request.auth.mode,
    body: item.request.body.mode,
  },
  params: item.request.params,
  headers: item.request.headers,
  auth: item.request.auth,
  body: item.request.body,
  script: item.request.script || {},
  vars: item.request.vars || {},
  tests: "",
});

const write = (folder, items) => {
  fs.mkdirSync(folder, { recursive: true });
  for (const item of items) {
    if (item.type === "folder") {
      write(path.join(folder, item.name), item.items);
    } else {
      fs.writeFileSync(path.join(folder, `${item.name}.bru`), jsonToBruV2(onDisk(item)));
    }
  }
};

(async () => {
  const made = await postmanToBruno(source);
  const collection = made.collection || made;
  const bruno = path.join(here, "bruno");
  write(bruno, collection.items);
  const root = collection.root.request;
  const settings = { meta: { name: collection.name }, auth: root.auth, vars: root.vars, script: root.script };
  fs.writeFileSync(path.join(bruno, "collection.bru"), jsonToCollectionBru(settings));
  fs.writeFileSync(
    path.join(bruno, "bruno.json"),
    JSON.stringify({ version: "1", name: collection.name, type: "collection" }, null, 2) + "\n",
  );
  const yaml = require("js-yaml");
  fs.writeFileSync(path.join(here, "opencollection.yml"), yaml.dump(brunoToOpenCollection(collection)));
})();
