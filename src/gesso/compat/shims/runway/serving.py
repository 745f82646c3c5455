"""A Runway model over HTTP: the routes of the SDK's server, in an application of Flask."""

from __future__ import annotations

import functools
import gzip
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

try:
    from flask import Flask, Response, jsonify, request
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "Runway models serve themselves with Flask, which is not here: pip install 'gesso[runway]'", name=error.name
    ) from error
from runway.__version__ import __version__
from runway.exceptions import RunwayError
from runway.jobs import take_jobs
from runway.utils import get_json_or_none_if_invalid, parse_output_formats_from_header, serialize_command

if TYPE_CHECKING:
    from runway.model import RunwayModel

_ERRORS = {
    401: "Unauthorized (well... really unauthenticated but hey I didn't write the spec).",
    403: "Forbidden.",
    404: "Not found.",
    405: "Method not allowed.",
    500: "Internal server error.",
}
_NO_JSON = "The body of all POST requests must contain JSON"
_METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
_PACKED_TYPES = {"application/javascript", "application/json", "text/css", "text/html", "text/xml"}
_LEAST_PACKED = 500  # bytes


def make_app(model: RunwayModel) -> Flask:
    """Return the application that serves a model."""
    app = Flask("runway.model")
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of Flask's own provider, which this is
    app.json.sort_keys = False  # type: ignore[attr-defined]  # as above
    app.config.setdefault("COMPRESS_MIN_SIZE", _LEAST_PACKED)
    for code, words in _ERRORS.items():
        app.register_error_handler(code, functools.partial(_answer_error, code, words))
    app.after_request(_allow_origin)
    app.after_request(functools.partial(_pack, app))
    _add_routes(app, model)
    return app


def serve(model: RunwayModel, host: str, port: int, *, is_reloading: bool) -> None:
    """Serve a model until the program is stopped; `is_reloading`: it begins anew when its files change."""
    from werkzeug._reloader import run_with_reloader
    from werkzeug.serving import make_server

    def run() -> None:
        with make_server(host, port, model.app, threaded=True) as server:
            server.serve_forever()

    if is_reloading:
        run_with_reloader(run)
    else:
        run()


def _add_routes(app: Flask, model: RunwayModel) -> None:
    """Give the application the SDK's routes. The static ones go before a command of the same name."""
    app.add_url_rule("/", "manifest", functools.partial(_manifest, model), methods=["GET"])
    app.add_url_rule("/", "jobs", functools.partial(_jobs, model), websocket=True)
    app.add_url_rule("/meta", "meta", functools.partial(_manifest, model), methods=["GET"])
    app.add_url_rule("/healthcheck", "healthcheck", lambda: {"status": model.running_status}, methods=["GET"])
    app.add_url_rule("/setup", "options", lambda: jsonify(model.meta()["options"]), methods=["GET"])
    app.add_url_rule("/setup", "setup", _answering(functools.partial(_setup, model)), methods=["POST"])
    app.add_url_rule("/<name>", "usage", _answering(functools.partial(_usage, model)), methods=["GET"])
    app.add_url_rule("/<name>", "command", _answering(functools.partial(_command, model)), methods=["POST"])


def _answering(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer an error of the SDK as it says itself, and print it."""

    @functools.wraps(view)
    def answer(**named: str) -> Any:
        try:
            return view(**named)
        except RunwayError as error:
            error.print_exception()
            return error.to_response(), error.code

    return answer


def _manifest(model: RunwayModel) -> Any:
    running = {"millisRunning": model.millis_running(), "millisSinceLastCommand": model.millis_since_last_command()}
    return {"modelSDKVersion": __version__, **running, "GPU": os.environ.get("GPU") == "1", **model.meta()}


def _jobs(model: RunwayModel) -> Response:
    take_jobs(model, request.environ)
    return Response()  # nobody is there any more who reads it


def _setup(model: RunwayModel) -> Any:
    options = get_json_or_none_if_invalid(request)
    if options is None:
        return {"error": _NO_JSON}, 400
    with model.turn:
        model.setup_model(options)
    return {"success": True}


def _usage(model: RunwayModel, name: str) -> Any:
    command, _ = model.command_named(name)
    return serialize_command(command)


def _command(model: RunwayModel, name: str) -> Any:
    data = get_json_or_none_if_invalid(request)
    if data is None:
        return {"error": _NO_JSON}, 400
    formats = parse_output_formats_from_header(request.headers.get("X-Runway-Output-Format", ""))
    with model.turn:
        return jsonify(model.answer(name, data, formats))


def _answer_error(code: int, words: str, _: Exception) -> Any:
    return {"error": words}, code


# -- headers ----------------------------------------------------------------------------------------------------------


def _allow_origin(response: Response) -> Response:
    """Let a page of any origin read the answer (CORS)."""
    origin = request.headers.get("Origin")
    response.headers["Access-Control-Allow-Origin"] = origin or "*"
    if origin:
        response.vary.add("Origin")
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        if asked := request.headers.get("Access-Control-Request-Headers"):
            response.headers["Access-Control-Allow-Headers"] = asked
    return response


def _pack(app: Flask, response: Response) -> Response:
    """Pack an answer with gzip if it is long enough, and the client can unpack it."""
    is_packable = 200 <= response.status_code < 300 and response.mimetype in _PACKED_TYPES
    if not is_packable or "Content-Encoding" in response.headers or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    is_asked = request.accept_encodings["gzip"] > 0
    if not is_asked or len(response.get_data()) < app.config["COMPRESS_MIN_SIZE"]:
        return response
    response.set_data(gzip.compress(response.get_data(), 6))
    response.headers["Content-Encoding"] = "gzip"
    return response
