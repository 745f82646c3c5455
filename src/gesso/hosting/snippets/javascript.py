"""With Gesso's own JavaScript client, in a page or in Node."""

from __future__ import annotations

import json

from gesso.hosting.snippets.target import TOKEN, Target


def javascript(target: Target) -> str:
    """Return a module for a page, which shows what comes."""
    token = "" if target.is_public else f', {{ token: "{TOKEN}" }}'
    lines = [
        '// In a page, as a script of type="module", with a browser token. Node imports from no address: there,',
        f"// curl -O {target.base}/gesso.js -O {target.base}/gesso.mjs   and import from ./gesso.mjs",
        f'import {{ Model }} from "{target.base}/gesso.mjs";',
        "",
        f'const model = new Model("{target.url}"{token});',
    ]
    lines += [f'const {name} = await (await fetch("{file}")).blob();' for name, file in target.files.items()]
    given = [
        *target.files,
        *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in target.values.items()),
    ]
    call = f"{{ {', '.join(given)} }}" if given else "{}"
    if target.is_telling:
        lines.append(f"await model.stream({call}, (piece) => document.body.append(piece));")
    elif target.picture is not None:
        lines += [f"const result = await model.run({call});",
                  f'document.body.append(await result.image("{target.picture.name}"));']  # fmt: skip
    else:
        lines += [f"const result = await model.run({call});",
                  "document.body.append(JSON.stringify(result.outputs));"]  # fmt: skip
    return "\n".join(lines) + "\n"
