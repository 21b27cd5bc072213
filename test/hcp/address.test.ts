import { describe, expect, it } from "vitest";
import { canonicalHostname, resolveAddress } from "../../src/hcp/address.ts";
import { Failure } from "../../src/policy/failure.ts";

describe("resolveAddress", () => {
  it.each([
    [{}, "https://app.terraform.io/", "app.terraform.io", "default"],
    [
      { TFE_ADDRESS: "", TFE_HOSTNAME: "" },
      "https://app.terraform.io/",
      "app.terraform.io",
      "default",
    ],
    [{ TFE_ADDRESS: "https://tfe.test" }, "https://tfe.test/", "tfe.test", "TFE_ADDRESS"],
    [{ TFE_ADDRESS: "https://tfe.test/" }, "https://tfe.test/", "tfe.test", "TFE_ADDRESS"],
    [
      { TFE_ADDRESS: "HTTPS://TFE.Test:8443" },
      "https://tfe.test:8443/",
      "tfe.test:8443",
      "TFE_ADDRESS",
    ],
    [{ TFE_ADDRESS: "https://tfe.test:443" }, "https://tfe.test/", "tfe.test", "TFE_ADDRESS"],
    [{ TFE_ADDRESS: "http://127.0.0.1:9" }, "http://127.0.0.1:9/", "127.0.0.1:9", "TFE_ADDRESS"],
    [{ TFE_ADDRESS: "http://127.8.8.8" }, "http://127.8.8.8/", "127.8.8.8", "TFE_ADDRESS"],
    [{ TFE_ADDRESS: "http://[::1]:9" }, "http://[::1]:9/", "[::1]:9", "TFE_ADDRESS"],
    [{ TFE_ADDRESS: "http://localhost:9" }, "http://localhost:9/", "localhost:9", "TFE_ADDRESS"],
    [{ TFE_HOSTNAME: "tfe.test" }, "https://tfe.test/", "tfe.test", "TFE_HOSTNAME"],
    [{ TFE_HOSTNAME: "tfe.test:8443" }, "https://tfe.test:8443/", "tfe.test:8443", "TFE_HOSTNAME"],
    [
      { TF_CLOUD_HOSTNAME: "café.fr" },
      "https://xn--caf-dma.fr/",
      "xn--caf-dma.fr",
      "TF_CLOUD_HOSTNAME",
    ],
    [
      { TF_CLOUD_HOSTNAME: "c.test", TFE_HOSTNAME: "b.test", TFE_ADDRESS: "https://a.test" },
      "https://a.test/",
      "a.test",
      "TFE_ADDRESS",
    ],
    [
      { TF_CLOUD_HOSTNAME: "c.test", TFE_HOSTNAME: "b.test" },
      "https://b.test/",
      "b.test",
      "TFE_HOSTNAME",
    ],
  ])("%j is %s (%s), from %s", (env, url, hostname, source) => {
    const address = resolveAddress(env);
    expect(address).toMatchObject({ hostname, source });
    expect(address.baseUrl.href).toBe(url);
  });

  it.each([
    ["TFE_ADDRESS", "tfe.test"],
    ["TFE_ADDRESS", "ftp://tfe.test"],
    ["TFE_ADDRESS", "https://"],
    ["TFE_ADDRESS", "https:///tfe.test"],
    ["TFE_ADDRESS", "https:tfe.test"],
    ["TFE_ADDRESS", "http://tfe.test"],
    ["TFE_ADDRESS", "http://localhost.tfe.test"],
    ["TFE_ADDRESS", "http://0.0.0.0:9"],
    ["TFE_ADDRESS", "http://169.254.169.254"],
    ["TFE_ADDRESS", "https://user:hunter2@tfe.test"],
    ["TFE_ADDRESS", "https://@tfe.test"],
    ["TFE_ADDRESS", "http://127.0.0.1@tfe.test"],
    ["TFE_ADDRESS", "https://tfe.test/api/v2"],
    ["TFE_ADDRESS", "https://tfe.test?a=b"],
    ["TFE_ADDRESS", "https://tfe.test?"],
    ["TFE_ADDRESS", "https://tfe.test#a"],
    ["TFE_ADDRESS", "https://tfe.test."],
    ["TFE_ADDRESS", "https://tfe.te\tst"],
    ["TFE_ADDRESS", " https://tfe.test"],
    ["TFE_ADDRESS", "https:\\\\tfe.test"],
    ["TFE_ADDRESS", "https://tfe.test:99999"],
    ["TFE_HOSTNAME", "https://tfe.test"],
    ["TFE_HOSTNAME", "tfe.test/"],
    ["TFE_HOSTNAME", "user:hunter2@tfe.test"],
    ["TFE_HOSTNAME", "tfe.test#"],
    ["TFE_HOSTNAME", "tfe.test?x"],
    ["TFE_HOSTNAME", "tfe%2etest"],
    ["TFE_HOSTNAME", "tfe.test."],
    ["TFE_HOSTNAME", "tfe .test"],
    ["TFE_HOSTNAME", "tfe.test\n"],
    ["TFE_HOSTNAME", ":8443"],
    ["TF_CLOUD_HOSTNAME", "a\\b"],
  ])("%s=%j is refused by name, without its value", (variable, value) => {
    const attempt = () => resolveAddress({ [variable]: value });
    expect(attempt).toThrow(Failure);
    expect(attempt).toThrow(new RegExp(`^${variable} `));
    expect(attempt).not.toThrow("hunter2");
  });
});

it.each([
  ["APP.Terraform.io:443", "app.terraform.io"],
  ["[2001:DB8::1]:8443", "[2001:db8::1]:8443"],
  ["", undefined],
  ["a/b", undefined],
])("canonicalHostname(%j) is %j", (text, expected) => {
  expect(canonicalHostname(text)).toBe(expected);
});
