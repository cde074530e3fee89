"""Request handlers: who is the request, who the response, and what becomes of a rejection."""

import pytest
from marked import marked

from unleak.workspace.frameworks import FRAMEWORKS as RESOLVED
from unleak_codemods.streams import handlers
from unleak_codemods.streams.evidence import Level, evidence_of
from unleak_codemods.streams.frameworks import BY_NAME, FRAMEWORKS, rejection
from unleak_codemods.streams.handlers import Handler
from unleak_engine.codemod import File
from unleak_engine.target import Target

EXPRESS = "const express = require('express');\nconst app = express();\n"
KOA = "import Koa from 'koa';\nconst app = new Koa();\n"


def handler(text: str, path: str = "a.js", **dependencies: str) -> Handler | None:
    """The handler that ‹…› stands in."""
    source, asked, _ = marked(text, path)
    return handlers.serving_at(File(source, target=Target(dependencies=dependencies)), asked[0])


def judged(text: str, path: str = "a.js", **dependencies: str) -> tuple[str, str]:
    """The role of the expression ‹…› and how sure it is: proven, likely, unknown or not_ours."""
    source, asked, _ = marked(text, path)
    found = evidence_of(File(source, target=Target(dependencies=dependencies)), asked[0])
    return (found.role if found.level >= Level.LIKELY else ""), found.level.name.lower()


def test_every_framework_is_told_from_the_others() -> None:
    modules = [module for found in FRAMEWORKS for module in found.modules]

    assert len(set(modules)) == len(modules)
    assert all(found.name == found.modules[0] for found in FRAMEWORKS)


# What is no handler.

NO_RESPONSE = [
    pytest.param(
        "exports.inflate = (req, res) => { res.pipe(a); ‹res›; };", id="a client's answer"
    ),
    pytest.param("function sent(req, res) { req.end(); ‹res›; }", id="a client's question"),
    pytest.param("request('u', (err, res, body) => { a.pipe(‹res›); });", id="a client's callback"),
    pytest.param(
        "axios.interceptors.use((req, res) => res(‹req›));", id="a response is not called"
    ),
    pytest.param(
        "import { rest } from 'msw';\nrest.get('/x', (req, res, ctx) => { a.pipe(‹res›); });",
        id="a mocked server",
    ),
    pytest.param(
        "rest.get('/x', (req, res, ctx) => { a.pipe(‹res›); return res(ctx.json()); });",
        id="a mocked server from elsewhere",
    ),
    pytest.param("const f = jest.fn((req, res) => { a.pipe(‹res›); });", id="a test double"),
    pytest.param("sinon.stub().callsFake((req, res) => { a.pipe(‹res›); });", id="a stub"),
    pytest.param(
        "const ldap = require('ldapjs');\nconst server = ldap.createServer();\n"
        "server.search('o=x', (req, res, next) => { a.pipe(‹res›); });",
        id="a directory server",
    ),
    pytest.param(
        "const coap = require('coap');\ncoap.createServer((req, res) => { a.pipe(‹res›); });",
        id="a server of another protocol",
    ),
    pytest.param(
        EXPRESS + "app.get('/', (req, res) => { res = wrap(res); a.pipe(‹res›); });",
        id="written again",
    ),
    pytest.param(
        "function f(req, res) { if (x) res = other; a.pipe(‹res›); }", id="written in a branch"
    ),
    pytest.param(
        "io.use((socket, next) => { a.pipe(‹socket›); next(); });", id="of a web socket server"
    ),
    pytest.param("list.map((one, two) => { a.pipe(‹two›); });", id="any callback"),
    pytest.param("got('x', (response) => response.status() && ‹response›);", id="a client's"),
    pytest.param(
        EXPRESS + "class A { save(from, to) { from.pipe(‹to›); } }\napp.get('/', other.save);",
        id="a method of the same name",
    ),
    pytest.param(
        EXPRESS + "app.get('/', (req, res) => { (function (res) { a.pipe(‹res›); })(other); });",
        id="shadowed",
    ),
    pytest.param(
        "const app = flag ? express() : other();\napp.get(x, (a, b) => { s.pipe(‹b›); });",
        id="an app that may be another",
    ),
    pytest.param(
        EXPRESS.replace("const app", "let app") + "app = other();\n"
        "app.use((a, b) => { s.pipe(‹b›); });",
        id="an app that is written again",
    ),
    pytest.param(EXPRESS + "app.listen((a, b) => { s.pipe(‹b›); });", id="no handler's method"),
    pytest.param(EXPRESS + "app.get('/', wrap((a, b) => { s.pipe(‹b›); }));", id="unknown wrapper"),
    pytest.param("exports.handler = async (event, context) => { a.pipe(‹context.res›); };", id="λ"),
    pytest.param(
        "module.exports = async (context, req) => { a.pipe(‹context.res›); };",
        id="a cloud function",
    ),
    pytest.param(
        "import { Hono } from 'hono';\nconst app = new Hono();\n"
        "app.get('/', (ctx) => { ctx.body('x'); ‹ctx.req›.pipe(file); });",
        id="a context of the web",
    ),
    pytest.param(KOA + "app.use((ctx) => { a.pipe(‹ctx.response›); });", id="Koa's own response"),
    pytest.param(KOA + "app.use((ctx) => { a.pipe(‹ctx›); });", id="a context"),
    pytest.param(
        "const fastify = require('fastify')();\nfastify.get('/', (request, reply) => {"
        " a.pipe(‹reply›); });",
        id="a reply",
    ),
    pytest.param(
        "const f = require('fastify')();\nf.get('/', (req, res) => { a.pipe(‹res›); });",
        id="a reply of another name",
    ),
    pytest.param("module.exports = (request, reply) => { a.pipe(‹reply›); };", id="named a reply"),
    pytest.param("http.createServer((a, b) => { s.pipe(‹b›); });", id="http from nowhere"),
    pytest.param(
        "const wa = { handlers: app };\nwa.handlers.use('/', (a, b) => { s.pipe(‹b›); });",
        id="not Meteor's",
    ),
    pytest.param(
        "const WebApp = mine();\nWebApp.handlers.use('/', (a, b) => { s.pipe(‹b›); });",
        id="a name of Meteor's",
    ),
]


@pytest.mark.parametrize("text", NO_RESPONSE)
def test_what_only_sounds_like_one_is_none(text: str) -> None:
    assert judged(text) in {("", "unknown"), ("", "not_ours")}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("(req: Request, res: Response) => { a.pipe(‹res›); };", id="of the web"),
        pytest.param("(req: string, res: string) => { a.pipe(‹res›); };", id="plain values"),
        pytest.param(
            "import { AxiosResponse } from 'axios';\n(req, res: AxiosResponse) => { ‹res›; };",
            id="a client's",
        ),
        pytest.param(
            "import type { FastifyReply } from 'fastify';\n(req, res: FastifyReply) => { ‹res›; };",
            id="a reply",
        ),
        pytest.param(
            "import { Response } from 'node-fetch';\nfunction f(req, res: Response) { ‹res›; }",
            id="a type of the same name",
        ),
    ],
)
def test_a_type_decides_over_a_name(text: str) -> None:
    assert judged(text, "a.ts") in {("", "unknown"), ("", "not_ours")}


def test_a_route_of_the_app_folder_is_given_the_web_s_request() -> None:
    text = "export async function GET(req, res) { a.pipe(‹res›); }"

    assert judged(text, "src/app/files/route.js") == ("", "unknown")


# What is one.


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("function f(req, res) { ‹res›; }", id="a function"),
        pytest.param("module.exports = (req, res, next) => { ‹res›; };", id="a module"),
        pytest.param("function f(path, req, res) { ‹res›; }", id="behind another parameter"),
        pytest.param("function f(req, res) { req = x; ‹res›; }", id="only the request is written"),
        pytest.param("app.use((req, res, next) => { ‹res›; });", id="an app from elsewhere"),
        pytest.param(
            EXPRESS + "app.get('/', endpoint((req, res) => { ‹res›; }));", id="in a wrapper"
        ),
        pytest.param("module.exports = (request, reply) => { ‹reply.raw›; };", id="named a reply"),
        pytest.param(
            "async (ctx) => { ctx.status = 200; ‹ctx.res›; };", id="a context by its name"
        ),
        pytest.param(
            "import { Res } from '@nestjs/common';\nclass A { get(@Res() r) { ‹r›; } }",
            id="Nest, on whatever it runs",
        ),
        pytest.param(
            EXPRESS + "function save(from, to) { ‹to›; }\napp.get('/', save); save(one, two);",
            id="a handler that is called with something else",
        ),
    ],
)
def test_a_name_alone_makes_it_likely(text: str) -> None:
    assert judged(text, "a.ts") == ("response", "likely")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("require('http').createServer((q, s) => { ‹s›; });", id="http"),
        pytest.param(
            "import http from 'node:http';\nconst s = http.createServer(); s.on('request', on);\n"
            "function on(a, b) { ‹b›; }",
            id="a listener by its name",
        ),
        pytest.param(
            "import { Server } from 'https';\nnew Server({}, (q, s) => { ‹s›; });", id="a server"
        ),
        pytest.param(
            "import h from 'http2';\nh.createSecureServer({}).on('stream', (s) => { ‹s›; });",
            id="a stream of http2",
        ),
        pytest.param(EXPRESS + "app.get('/', (q, s) => { ‹s›; });", id="express"),
        pytest.param(EXPRESS + "app.use((err, q, s, next) => { ‹s›; });", id="an error handler"),
        pytest.param(EXPRESS + "app.param('id', (q, s, next, id) => { ‹s›; });", id="a parameter"),
        pytest.param(EXPRESS + "app.get('/', auth, [one, (q, s) => { ‹s›; }]);", id="a list"),
        pytest.param(EXPRESS + "app.route('/').get(one).post((q, s) => { ‹s›; });", id="a route"),
        pytest.param(
            "import { Router } from 'express';\nRouter().all('*', (q, s) => { ‹s›; });",
            id="a router",
        ),
        pytest.param(
            EXPRESS + "app.get('/', download);\nasync function download(q, s) { ‹s›; }",
            id="a function by its name",
        ),
        pytest.param(
            EXPRESS + "const one = (q, s) => { ‹s›; };\napp.get('/', one.bind(null));", id="bound"
        ),
        pytest.param(
            EXPRESS
            + "class A { start() { app.get('/', this.one.bind(this)); } one(q, s) { ‹s›; } }",
            id="a method",
        ),
        pytest.param(
            EXPRESS + "class A { one(q, s) { ‹s›; } }\nconst a = new A();\napp.get('/', a.one);",
            id="a method of an object",
        ),
        pytest.param(
            "import express from 'express';\nclass A { app = express();\n"
            " start() { this.app.get('/', (q, s) => { ‹s›; }); } }",
            id="an app in a field",
        ),
        pytest.param(
            "const express = require('express');\nfunction A() { this.app = express(); }\n"
            "A.prototype.start = function () { this.app.get('/', (q, s) => { ‹s›; }); };",
            id="an app in a property",
        ),
        pytest.param(
            EXPRESS + "const wrap = (fn) => (...args) => fn(...args).catch(args[2]);\n"
            "app.get('/', wrap(async (q, s) => { ‹s›; }));",
            id="a wrapper of the file",
        ),
        pytest.param(
            EXPRESS + "const wrap = require('express-async-handler');\n"
            "app.get('/', wrap(async (q, s) => { ‹s›; }));",
            id="a known wrapper",
        ),
        pytest.param("other.get('/x', (req, res) => { ‹res›; });", id="named, on a path"),
        pytest.param("(req, res) => { res.setHeader('a', 'b'); ‹res›; };", id="named, and answers"),
        pytest.param(
            EXPRESS + "app.get('/', (q, s) => send(q, s));\nfunction send(req, res) { ‹res›; }",
            id="named, and called from a handler",
        ),
        pytest.param("require('connect')().use('/', (q, s, next) => { ‹s›; });", id="connect"),
        pytest.param("require('polka')().get('/', (q, s) => { ‹s›; });", id="polka"),
        pytest.param(
            "const s = require('restify').createServer();\ns.get('/', (q, r, next) => { ‹r›; });",
            id="restify",
        ),
        pytest.param(
            "const fastify = require('fastify')();\nfastify.get('/', (q, r) => { ‹r.raw›; });",
            id="fastify",
        ),
        pytest.param(
            "const fastify = require('fastify')();\n"
            "fastify.register(async (app) => { app.post('/', (q, { raw }) => { ‹raw›; }); });",
            id="a plugin of fastify",
        ),
        pytest.param(KOA + "app.use(async (c, next) => { ‹c.res›; });", id="koa"),
        pytest.param(KOA + "app.use(async (c) => { const { res } = c; ‹res›; });", id="taken out"),
        pytest.param(KOA + "app.use(async ({ res }) => { ‹res›; });", id="a pattern"),
        pytest.param(KOA + "async (ctx) => { ctx.status = 200; ‹ctx.res›; };", id="Koa's file"),
        pytest.param(
            "const server = require('@hapi/hapi').server();\n"
            "server.route({ path: '/', handler: (request, h) => { ‹request.raw.res›; } });",
            id="hapi",
        ),
        pytest.param(
            "const server = require('@hapi/hapi').server();\n"
            "server.route([{ path: '/', options: { handler(q, h) { ‹q.raw.res›; } } }]);",
            id="hapi, a list",
        ),
        pytest.param(
            "import { Hono } from 'hono';\nnew Hono().get('/', (c) => { ‹c.env.outgoing›; });",
            id="hono",
        ),
        pytest.param("WebApp.handlers.use('/', (q, s, next) => { ‹s›; });", id="Meteor"),
        pytest.param(
            "import { WebApp } from 'meteor/webapp';\n"
            "WebApp.connectHandlers.use((q, s) => { ‹s›; });",
            id="Meteor, imported",
        ),
        pytest.param(
            "import { http } from '@google-cloud/functions-framework';\n"
            "http('name', (q, s) => { ‹s›; });",
            id="a cloud function",
        ),
        pytest.param(
            "import type { Response } from 'express';\n(s: Response) => { ‹s›; };", id="typed"
        ),
        pytest.param(
            "import express from 'express';\n(q, s: express.Response<string>) => { ‹s›; };",
            id="typed by a member",
        ),
        pytest.param(
            "import { ServerResponse as S } from 'node:http';\n(s: S) => { ‹s›; };", id="renamed"
        ),
        pytest.param(
            "import { Response } from 'express';\ninterface Mine extends Response { x: 1 }\n"
            "(s: Mine) => { ‹s›; };",
            id="a type that extends one",
        ),
        pytest.param(
            "import { Handler } from 'express';\nconst f: Handler = (q, s) => { ‹s›; };",
            id="a typed handler",
        ),
        pytest.param(
            "import { Res } from '@nestjs/common';\nimport { Response } from 'express';\n"
            "class A { get(@Res() s: Response) { ‹s›; } }",
            id="Nest",
        ),
        pytest.param(
            "/** @param {import('express').Response} res */\nfunction f(res) { ‹res›; }", id="JSDoc"
        ),
        pytest.param(
            "/** @typedef {import('express').Response} Answer */\n\n"
            "/** @param {Answer} res */\nexports.f = function (res) { ‹res›; };",
            id="JSDoc, a typedef",
        ),
        pytest.param(
            "const http = require('http');\n/** Sends.\n * @param {http.ServerResponse} res */\n"
            "const f = (res) => { ‹res›; };",
            id="JSDoc, by an import",
        ),
    ],
)
def test_a_response_is_proven(text: str) -> None:
    assert judged(text, "a.ts") == ("response", "proven")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(KOA + "app.use((ctx) => { ‹ctx.req›; });", id="koa"),
        pytest.param(
            "const fastify = require('fastify')();\nfastify.post('/', (q) => { ‹q.raw›; });",
            id="fastify",
        ),
        pytest.param(
            "const fastify = require('fastify')();\n"
            "fastify.addContentTypeParser('x', (request, payload, done) => { ‹payload›; });",
            id="a parser of fastify",
        ),
        pytest.param(EXPRESS + "app.post('/', (q) => { ‹q›; });", id="express"),
        pytest.param(
            "require('http').createServer().on('upgrade', (q, socket) => { ‹q›; });",
            id="an upgrade",
        ),
    ],
)
def test_a_request_is_proven(text: str) -> None:
    assert judged(text) == ("request", "proven")


def test_an_upgrade_hands_over_a_socket() -> None:
    text = "require('http').createServer().on('upgrade', (q, socket) => { ‹socket›; });"

    assert judged(text) == ("socket", "proven")


# Which parameter takes an error, and where a rejection goes.


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (EXPRESS + "app.get('/', (q, s, n) => { ‹x›; });", "n"),
        (EXPRESS + "app.use((err, q, s, n) => { ‹x›; });", "n"),
        (EXPRESS + "app.param('id', (q, s, n, id) => { ‹x›; });", "n"),
        ("(req, res, next) => { ‹x›; };", None),
        ("(req, res, next) => { if (!req.url) return next(); ‹x›; };", None),
        ("(req, res, next) => { if (!req.url) return next(new Error()); ‹x›; };", "next"),
        ("(req, res, next) => { load().then(() => ‹x›).catch(next); };", "next"),
        ("(req, res, next) => { load(req.params.id); ‹x›; };", "next"),
        ("(req, res, file) => { ‹x›; };", None),
        ("require('http').createServer((req, res, next) => { ‹x›; });", None),
        (KOA + "app.use((ctx, next) => { ‹x›; });", None),
        ("const f = require('fastify')();\nf.get('/', (q, r, done) => { ‹x›; });", "done"),
        ("export default function (req, res) { ‹x›; }", None),
    ],
)
def test_only_what_takes_an_error_is_next(text: str, after: str | None) -> None:
    found = handler(text)

    assert found is not None
    assert found.next == after


WRAP = "const wrap = (fn) => (req, res, next) => "
REJECTIONS = [
    ("require('http').createServer(async (q, s) => { ‹x›; });", {}, "crash"),
    (EXPRESS + "app.get('/', async (q, s) => { ‹x›; });", {"express": "^4.18.0"}, "crash"),
    (EXPRESS + "app.get('/', async (q, s) => { ‹x›; });", {"express": "^5.0.0"}, "routed"),
    (EXPRESS + "app.get('/', async (q, s) => { ‹x›; });", {"express": ">=4"}, "unknown"),
    (EXPRESS + "app.get('/', async (q, s) => { ‹x›; });", {}, "unknown"),
    (
        "require('express-async-errors');\n" + EXPRESS + "app.get('/', async (q, s) => { ‹x›; });",
        {"express": "^4.18.0", "express-async-errors": "^3.0.0"},
        "routed",
    ),
    (
        EXPRESS + "app.get('/', async (q, s) => { ‹x›; });",
        {"express": "^4.18.0", "express-async-errors": "^3.0.0"},
        "unknown",
    ),
    (
        EXPRESS + WRAP + "Promise.resolve(fn(req, res, next)).catch(next);\n"
        "app.get('/', wrap(async (q, s) => { ‹x›; }));",
        {"express": "^4.18.0"},
        "routed",
    ),
    (
        EXPRESS + WRAP + "{ try { await fn(req, res, next); } catch (e) { next(e); } };\n"
        "app.get('/', wrap(async (q, s) => { ‹x›; }));",
        {"express": "^4.18.0"},
        "routed",
    ),
    (
        EXPRESS + WRAP + "fn(req, res, next);\napp.get('/', wrap(async (req, res) => { ‹x›; }));",
        {"express": "^5.0.0"},
        "unknown",
    ),
    (
        EXPRESS
        + WRAP
        + "fn(req, res).catch(log);\napp.get('/', wrap(async (req, res) => { ‹x›; }));",
        {"express": "^4.18.0"},
        "unknown",
    ),
    ("module.exports = async (req, res) => { ‹x›; };", {"express": "^5.0.0"}, "unknown"),
    ("const c = require('connect')();\nc.use(async (q, s) => { ‹x›; });", {}, "crash"),
    (
        "const s = require('restify').createServer();\ns.get('/', async (q, r) => { ‹x›; });",
        {"restify": "^11.0.0"},
        "routed",
    ),
    (KOA + "app.use(async (ctx) => { ‹x›; });", {}, "routed"),
    ("const f = require('fastify')();\nf.get('/', async (q, r) => { ‹x›; });", {}, "routed"),
    ("WebApp.handlers.get('/', async (q, s) => { ‹x›; });", {}, "unknown"),
    ("export default async function (req, res) { ‹x›; }", {}, "unknown"),
]


@pytest.mark.parametrize(("text", "dependencies", "expected"), REJECTIONS)
def test_where_a_rejection_goes(text: str, dependencies: dict[str, str], expected: str) -> None:
    found = handler(text, **dependencies)

    assert found is not None
    assert found.rejection == expected


def test_next_answers_for_its_api_routes() -> None:
    text = "export default async function handler(req, res) { ‹x›; }"
    found = handler(text, "pages/api/file.js", next="^14.0.0")

    assert found is not None
    assert (found.framework, found.major, found.rejection) == ("next", 14, "routed")


def test_what_stands_beside_an_api_route_is_none() -> None:
    found = handler("export function helper(req, res) { ‹x›; }", "pages/api/file.js")

    assert found is not None
    assert (found.framework, found.rejection) == (None, "unknown")


@pytest.mark.parametrize(
    ("name", "major", "expected"),
    [
        ("express", 4, "crash"),
        ("express", 5, "routed"),
        ("express", None, "unknown"),
        ("restify", 8, "unknown"),
        ("polka", 1, "unknown"),
        ("http", None, "crash"),
    ],
)
def test_no_more_is_claimed_than_was_run(name: str, major: int | None, expected: str) -> None:
    assert rejection(BY_NAME[name], major) == expected


def test_the_handlers_of_one_holder_stand_apart() -> None:
    source, asked, _ = marked(KOA + "app.use(async (ctx) => { ‹x›; });")
    file = File(source)
    found = handlers.serving_at(file, asked[0])

    assert handlers.handler_at(file, asked[0]) is None
    assert found is not None
    assert (found.request, found.response) == ("ctx.req", "ctx.res")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            EXPRESS + "app.get('/', (q, s) => { ‹s›; });",
            "`s` is the 2nd parameter of a handler given to `app.get` of express@4",
        ),
        (
            "require('http').createServer((q, s) => { ‹s›; });",
            "`s` is the 2nd parameter of a handler given to `http.createServer`",
        ),
        (
            "import { Response as R } from 'express';\n(s: R) => { ‹s›; };",
            "`s` is typed `R` of express",
        ),
        (
            "(req, res) => { ‹res›; };",
            "`res` is the 2nd parameter of a function whose parameters are named like a handler's",
        ),
        (
            "(req, res) => { res.setHeader('a', 'b'); ‹res›; };",
            "`res` is the 2nd parameter of a function whose parameters are named like a handler's, "
            "and calls `res.setHeader`",
        ),
        (
            EXPRESS + "app.get('/', (q, s) => send(q, s));\nfunction send(req, res) { ‹res›; }",
            "`res` is the 2nd parameter of a function whose parameters are named like a handler's, "
            "and handlers call it with theirs",
        ),
        (
            KOA + "app.use((ctx) => { ‹ctx.res›; });",
            "`ctx.res` is the response that the 1st parameter of a handler given to `app.use` of "
            "koa holds",
        ),
    ],
)
def test_the_reason_can_be_printed(text: str, said: str) -> None:
    source, asked, _ = marked(text, "a.ts")
    target = Target(dependencies={"express": "^4.18.0"})

    assert evidence_of(File(source, target=target), asked[0]).reasons == (said,)


def test_the_major_of_every_framework_is_looked_up() -> None:
    packages = {found.name for found in FRAMEWORKS if found.style != "node"}

    assert packages - RESOLVED == {"express-promise-router"}  # all of its majors do the same
