import { describe, expect, it } from "vitest";
import { HttpError } from "../../src/system/http-error.ts";
import { isExempt, proxyFor } from "../../src/system/proxy.ts";

const proxy = "http://proxy.test:3128";
const api = new URL("https://app.terraform.io/api/v2/ping");

describe("proxyFor", () => {
  it.each([
    [{ HTTPS_PROXY: proxy }, "http://proxy.test:3128/"],
    [{ https_proxy: proxy }, "http://proxy.test:3128/"],
    [{ ALL_PROXY: proxy }, "http://proxy.test:3128/"],
    [{ all_proxy: proxy }, "http://proxy.test:3128/"],
    [{ HTTPS_PROXY: "proxy.test:3128" }, "http://proxy.test:3128/"],
    [{ HTTPS_PROXY: "https://u:p@proxy.test" }, "https://u:p@proxy.test/"],
    [{ HTTPS_PROXY: "http://first.test", ALL_PROXY: "http://second.test" }, "http://first.test/"],
    [{ HTTPS_PROXY: "", https_proxy: proxy }, "http://proxy.test:3128/"],
    [{ HTTPS_PROXY: "http://[2001:db8::1]:3128" }, "http://[2001:db8::1]:3128/"],
    [{ HTTP_PROXY: proxy }, undefined],
    [{}, undefined],
    [{ HTTPS_PROXY: proxy, NO_PROXY: "terraform.io" }, undefined],
    [{ HTTPS_PROXY: proxy, no_proxy: "terraform.io" }, undefined],
    [{ HTTPS_PROXY: proxy, NO_PROXY: "other.test" }, "http://proxy.test:3128/"],
  ])("%j goes through %s", (env, expected) => {
    expect(proxyFor(api, env)?.href).toBe(expected);
  });

  it.each([
    "https://localhost:8443",
    "https://127.0.0.1",
    "https://127.9.9.9",
    "https://[::1]:8443",
    "http://127.0.0.1",
    "http://app.terraform.io",
  ])("P1: %s is never proxied", (url) => {
    expect(proxyFor(new URL(url), { HTTPS_PROXY: proxy, ALL_PROXY: proxy })).toBeUndefined();
  });

  it.each([
    ["HTTPS_PROXY", "socks5://user:hunter2@proxy.test"],
    ["ALL_PROXY", "socks5h://user:hunter2@proxy.test"],
    ["https_proxy", "http://hunter2:99999999"],
    ["HTTPS_PROXY", "http://user:hunter2%zz@proxy.test"],
    ["HTTPS_PROXY", "http://"],
  ])("P2: %s=%s is an error that names the variable only", (variable, value) => {
    const attempt = () => proxyFor(api, { [variable]: value });
    expect(attempt).toThrow(HttpError);
    expect(attempt).toThrow(new RegExp(`^${variable} .*http://`));
    expect(attempt).not.toThrow("hunter2");
  });
});

describe("NO_PROXY", () => {
  it.each([
    ["*", "https://a.test", true],
    ["a.test", "https://a.test", true],
    ["a.test", "https://b.a.test", true],
    ["a.test", "https://xa.test", false],
    ["A.Test", "https://a.TEST", true],
    ["a.test", "https://a.test.", true],
    [".a.test", "https://b.a.test", true],
    [".a.test", "https://a.test", false],
    ["*.a.test", "https://b.a.test", true],
    ["*.a.test", "https://a.test", false],
    ["x.test, a.test", "https://a.test", true],
    ["x.test a.test", "https://a.test", true],
    ["a.test:443", "https://a.test", true],
    ["a.test:8443", "https://a.test", false],
    ["a.test:8443", "https://a.test:8443", true],
    ["10.1.2.3", "https://10.1.2.3", true],
    ["10.1.2.3", "https://10.1.2.4", false],
    ["10.1.2.3:8443", "https://10.1.2.3:8443", true],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://11.1.2.3", false],
    ["10.0.0.0/99", "https://10.1.2.3", false],
    ["10.0.0.0/", "https://10.1.2.3", false],
    ["10.0.0.0/8", "https://ten.test", false],
    ["2001:db8::1", "https://[2001:db8::1]", true],
    ["[2001:db8::1]", "https://[2001:db8:0::1]", true],
    ["[2001:db8::1]:8443", "https://[2001:db8::1]:8443", true],
    ["[2001:db8::1]:8443", "https://[2001:db8::1]", false],
    ["2001:db8::/32", "https://[2001:db8::9]", true],
    ["2001:db8::/32", "https://[2001:db9::9]", false],
    ["", "https://a.test", false],
    [",, ,", "https://a.test", false],
    ["[broken", "https://a.test", false],
  ])("%j exempts %s: %s", (noProxy, url, expected) => {
    expect(isExempt(new URL(url), noProxy)).toBe(expected);
  });
});
