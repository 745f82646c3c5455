"""Over OSC, from Max, Pure Data, TouchDesigner or a synthesiser's patch; here from Python, so that it can be tried."""

from __future__ import annotations

import json

from gesso.hosting.snippets.target import Target


def osc(target: Target) -> str:
    """Return code that asks over OSC; the messages are the same from everywhere."""
    asked = json.dumps(target.values, ensure_ascii=False)
    lines = [
        f"# While this runs:  gesso serve {target.model} --runway",
        "# To this computer, port 57100:    /query  with one text, JSON with the inputs",
        "# From there, to port 57200:       /data   with one text, JSON with the outputs;  /error  with words",
        "# pip install python-osc==1.9.3",
        "from pythonosc import dispatcher, osc_server, udp_client",
        "",
        "heard = dispatcher.Dispatcher()",
        'heard.map("/data", lambda address, text: print(text))',
        'heard.map("/error", lambda address, text: print("error:", text))',
        'server = osc_server.BlockingOSCUDPServer(("127.0.0.1", 57200), heard)',
        'client = udp_client.SimpleUDPClient("127.0.0.1", 57100)',
        'client.send_message("/server/connect", [])',
        f'client.send_message("/query", {asked!r})',
        "server.serve_forever()",
    ]
    return "\n".join(lines) + "\n"
