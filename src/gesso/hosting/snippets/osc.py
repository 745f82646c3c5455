"""Over OSC, from Max, Pure Data, TouchDesigner or a synthesiser's patch; here from Python, so that it can be tried."""

from __future__ import annotations

from typing import Final

from gesso.hosting.snippets.target import Target

_READING: Final = (
    "",
    "def picture(path):",
    '    with open(path, "rb") as file:',
    "        return base64.b64encode(file.read()).decode()",
    "",
)


def osc(target: Target) -> str:
    """Return code that asks over OSC; the messages are the same from everywhere. A picture goes as base64."""
    head = [
        f"# While this runs:  gesso serve m/{target.name} --runway   (it says so if it has taken another port)",
        "# To this computer, port 57100:    /query  with one text, JSON with the inputs",
        "# From there, to port 57200:       /data   with one text, JSON with the outputs;  /error  with words",
        *(["# A message holds 65,507 bytes, so pictures must be small ones."] if _has_pictures(target) else []),
        "# pip install python-osc==1.9.3",
        *(["import base64"] if _has_pictures(target) else []),
        "import json",
        "",
        "from pythonosc import dispatcher, osc_server, udp_client",
        "",
        *(_READING if target.pictures else []),
        *_hearing(target),
        "",
        "heard = dispatcher.Dispatcher()",
        'heard.map("/data", hear)',
        'heard.map("/error", lambda address, text: print("error:", text))',
        'server = osc_server.BlockingOSCUDPServer(("127.0.0.1", 57200), heard)',
        "server.max_packet_size = 65_507  # python-osc cuts off at 8192 otherwise",
        'client = udp_client.SimpleUDPClient("127.0.0.1", 57100)',
        'client.send_message("/server/connect", [])',
        f"asked = {_asked(target)}",
        'client.send_message("/query", json.dumps(asked))',
        "server.serve_forever()",
    ]
    return "\n".join(head) + "\n"


def _has_pictures(target: Target) -> bool:
    return bool(target.pictures) or target.picture is not None


def _hearing(target: Target) -> list[str]:
    if target.picture is None:
        return ["", "def hear(address, text):", "    print(json.loads(text))", ""]
    return [
        "",
        "def hear(address, text):",
        f'    kind, data = json.loads(text)["{target.picture.name}"].split(",")',
        '    with open("out.png" if "png" in kind else "out.jpg", "wb") as file:',
        "        file.write(base64.b64decode(data))",
        "",
    ]


def _asked(target: Target) -> str:
    """Return the inputs as Python writes them."""
    given = [f'"{name}": picture("{file}")' for name, file in target.pictures.items()]
    given += [f'"{name}": {value!r}' for name, value in target.values.items()]
    return f"{{{', '.join(given)}}}"
