/** For Python, with nothing but what comes with it. */

import type { Given } from "./given";
import { LocalFile, filesIn, literal, orderOf } from "./given";

function plain(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return value instanceof LocalFile ? `upload(${JSON.stringify(value.name)})` : JSON.stringify(value);
}

const UPLOAD = `

def upload(path):
    name = urllib.parse.quote(Path(path).name)
    return json.loads(ask("/files?name=" + name, Path(path).read_bytes(), kind="application/octet-stream"))
`;

export function python(given: Given): string {
  const order = orderOf(given);
  const key = given.needsKey ? ', "Authorization": "Bearer " + os.environ["GESSO_KEY"]' : "";
  return `import json
${given.needsKey ? "import os\n" : ""}import time
import urllib.parse
import urllib.request
from pathlib import Path

GESSO = "${given.origin}/api/v1"


def ask(path, body=None, kind="application/json"):
    request = urllib.request.Request(GESSO + path, body, {"Content-Type": kind${key}})
    with urllib.request.urlopen(request) as answer:
        return answer.read()
${filesIn(order).length ? UPLOAD : ""}

order = ${literal(order, plain)}
job = json.loads(ask("/jobs", json.dumps(order).encode()))
while job["completed_at"] is None:
    time.sleep(0.1)
    job = json.loads(ask("/jobs/" + job["id"]))

print(job["status"], job["error"] or "")
for output in job["outputs"]:
    print(output["name"], output["value"])
    for file in output["files"]:
        Path(file["name"]).write_bytes(ask("/files/" + file["blob"]))
        print("saved", file["name"])`;
}
