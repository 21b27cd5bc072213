// A Kubernetes API server's stand-in on loopback, for the real kubectl: what a cluster would answer to
// the few requests that the tests make, and a record of every one of them.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KINDS, type KindOfStandIn, versionOf } from "./kubernetes-kinds.ts";
import { createObjects, type Json, type StoredObject } from "./kubernetes-objects.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

export interface Cluster {
  readonly url: string;
  /** Every request, in order. */
  readonly asked: readonly Asked[];
  /** Those that change something. */
  mutations(): string[];
  /** Adds an object; its namespace must not exist before. */
  put(object: StoredObject): void;
  /** `kind/name` or `kind/namespace/name`, all that there are. */
  names(): string[];
  find(kind: string, name: string, namespace?: string): StoredObject | undefined;
  setLogs(pod: string, text: string): void;
  /** Answers requests to paths that match with this status, from now on. */
  failing: { readonly path: RegExp; readonly status: number; readonly method?: string } | undefined;
  /** Writes a kubeconfig for it, with contexts `test` and `other`. */
  kubeconfig(path: string, more?: { readonly token?: string }): string;
  close(): Promise<void>;
}

/** Whether there is a kubectl to test with. */
export function hasKubectl(): boolean {
  try {
    execFileSync("kubectl", ["version", "--client", "--output=json"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Starts one. Close it when done. */
export async function startCluster(): Promise<Cluster> {
  const asked: Asked[] = [];
  const objects = createObjects();
  const logs = new Map<string, string>();
  let failing: Cluster["failing"];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://localhost");
      const one: Asked = {
        method: request.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        body: Buffer.concat(chunks).toString("utf8"),
        headers: request.headers,
      };
      asked.push(one);
      const isFailing =
        failing?.path.test(one.path) === true && (failing.method ?? one.method) === one.method;
      if (isFailing) return sendStatus(response, failing?.status ?? 500, "InternalError", "no");
      answer(one, response);
    });
  });
  // kubectl exec: refused where it would become another protocol.
  server.on("upgrade", (request, socket) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const { method = "", headers } = request;
    asked.push({ method, path: url.pathname, query: url.searchParams, body: "", headers });
    const body = JSON.stringify(status(403, "Forbidden", "exec is not for you"));
    socket.end(
      `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function answer(one: Asked, response: ServerResponse): unknown {
    const { path } = one;
    if (path === "/version") return send(response, 200, VERSION);
    if (path === "/openapi/v2") return sendOpenApi(response);
    if (path === "/api") return send(response, 200, { kind: "APIVersions", versions: ["v1"] });
    if (path === "/apis") return send(response, 200, groupList());
    const listed = KINDS.filter((each) => `/${rootOf(each)}` === path);
    if (listed.length > 0) return send(response, 200, resourceList(listed));
    const place = placeIn(path);
    if (place === undefined) return sendStatus(response, 404, "NotFound", `nothing at ${path}`);
    if (place.subresource === "log") return sendLogs(place.name ?? "", one, response);
    if (place.subresource === "exec") return sendStatus(response, 403, "Forbidden", "not for you");
    const { status: code, body } = objects.answer(one, place);
    return send(response, code, body);
  }

  function sendLogs(pod: string, { query }: Asked, response: ServerResponse): unknown {
    const text = logs.get(pod);
    if (text === undefined) return sendStatus(response, 404, "NotFound", `pods "${pod}" not found`);
    const tail = query.get("tailLines");
    const lines = text.split("\n").filter((each) => each !== "");
    const kept = tail === null ? lines : tail === "0" ? [] : lines.slice(-Number(tail));
    response.writeHead(200, { "content-type": "text/plain" });
    return response.end(kept.map((each) => `${each}\n`).join(""));
  }

  return {
    url,
    asked,
    mutations: () =>
      asked.filter((each) => each.method !== "GET").map((each) => `${each.method} ${each.path}`),
    put: (object) => objects.put(object),
    names: () => objects.names(),
    find: (kind, name, namespace) => objects.find(kind, name, namespace),
    setLogs: (pod, text) => {
      logs.set(pod, text);
      objects.put({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: pod, namespace: "default" },
        spec: { containers: [{ name: "main", image: "x" }] },
      });
    },
    get failing() {
      return failing;
    },
    set failing(value) {
      failing = value;
    },
    kubeconfig: (path, { token = "kubeconfig-token-0123" } = {}) => {
      writeFileSync(path, kubeconfigFor(url, token), { mode: 0o600 });
      return path;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function kubeconfigFor(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "stand-in", cluster: { server } }],
    users: [{ name: "tester", user: { token } }],
    contexts: ["test", "other"].map((name) => ({
      name,
      context: { cluster: "stand-in", user: "tester", namespace: "kube-system" },
    })),
    "current-context": "other",
  });
}

/** What a path of the API names. */
export interface PlaceInApi {
  readonly kind: KindOfStandIn;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

const rootOf = (kind: KindOfStandIn): string =>
  kind.group === "" ? "api/v1" : `apis/${kind.group}/${kind.version}`;

function placeIn(path: string): PlaceInApi | undefined {
  for (const kind of KINDS) {
    const root = `/${rootOf(kind)}/`;
    if (!path.startsWith(root)) continue;
    const parts = path.slice(root.length).split("/").map(decodeURIComponent);
    const isInNamespace = kind.namespaced && parts[0] === "namespaces";
    const [plural, name, subresource] = isInNamespace ? parts.slice(2) : parts;
    // What is in a namespace is no part of the namespace.
    if (plural !== kind.plural || (plural === "namespaces" && parts.length > 2)) continue;
    return {
      kind,
      ...(isInNamespace && parts[1] !== undefined ? { namespace: parts[1] } : {}),
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    };
  }
  return undefined;
}

const VERSION = {
  major: "1",
  minor: "32",
  gitVersion: "v1.32.4",
  gitCommit: "0",
  gitTreeState: "clean",
  buildDate: "2025-01-01T00:00:00Z",
  goVersion: "go1.23",
  compiler: "gc",
  platform: "linux/amd64",
};

function groupList(): Json {
  const groups = [...new Set(KINDS.map((each) => each.group))].filter((each) => each !== "");
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: groups.map((name) => {
      const { version } = KINDS.find((each) => each.group === name) ?? { version: "v1" };
      const one = { groupVersion: `${name}/${version}`, version };
      return { name, versions: [one], preferredVersion: one };
    }),
  };
}

function resourceList(kinds: readonly KindOfStandIn[]): Json {
  const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: kinds[0] === undefined ? "v1" : versionOf(kinds[0]),
    resources: kinds.flatMap(({ plural, kind, namespaced, shortNames, scales }) => [
      { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs, shortNames },
      ...(scales === true
        ? [
            {
              name: `${plural}/scale`,
              singularName: "",
              namespaced,
              group: "autoscaling",
              version: "v1",
              kind: "Scale",
              verbs: ["get", "patch", "update"],
            },
          ]
        : []),
    ]) as unknown as Json,
  };
}

function status(code: number, reason: string, message: string): Json {
  return { kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code };
}

function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
): unknown {
  return send(response, code, status(code, reason, message));
}

function send(response: ServerResponse, code: number, body: Json): unknown {
  response.writeHead(code, { "content-type": "application/json" });
  return response.end(JSON.stringify(body));
}

/** An empty schema, in the form that kubectl asks for: a protobuf message with `swagger: "2.0"`. */
function sendOpenApi(response: ServerResponse): unknown {
  const type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
  response.writeHead(200, { "content-type": type });
  return response.end(Buffer.from([0x0a, 0x03, 0x32, 0x2e, 0x30]));
}
