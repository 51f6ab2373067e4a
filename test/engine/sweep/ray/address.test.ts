import { expect, it } from "vitest";
import { clusterAddress } from "#engine/sweep/ray/address.ts";

const token = { EQUIPOISE_RAY_TOKEN: " s3cret\n" };

it("takes a dashboard's address and the token of the environment", () => {
  const address = clusterAddress("https://ray.example.org/cluster/", token);
  expect(address).toMatchObject({ url: "https://ray.example.org/cluster", authorization: "Bearer s3cret" });
  expect(address.redact("it was s3cret")).toBe("it was [token]");
  expect(clusterAddress("http://[::1]:8265", { EQUIPOISE_RAY_TOKEN: "Basic YTpi" }).authorization).toBe(
    "Basic YTpi",
  );
  expect(clusterAddress("http://10.0.0.1:8265", {}).authorization).toBeUndefined();
});

it("sends a token over no open network", () => {
  expect(() => clusterAddress("http://ray.example.org:8265", token)).toThrow(
    /unencrypted to ray.example.org:8265/,
  );
  for (const local of ["http://localhost:8265", "http://127.0.0.1:8265"])
    expect(clusterAddress(local, token).authorization).toBe("Bearer s3cret");
});

it("refuses what is no address, and repeats no secret in it", () => {
  expect(() => clusterAddress("ray://head:10001", {})).toThrow(/Python client/);
  expect(() => clusterAddress("head", {})).toThrow(/is no URL/);
  expect(() => clusterAddress("ftp://head", {})).toThrow(/neither http nor https/);
  expect(() => clusterAddress("http://head/?token=s3cret", {})).toThrow(/what follows \?/);
  try {
    clusterAddress("http://me:s3cret@head:8265", {});
    expect.unreachable();
  } catch (problem) {
    expect(String(problem)).toMatch(/does not belong into an address/);
    expect(String(problem)).not.toContain("s3cret");
  }
  expect(() => clusterAddress("http://localhost", { EQUIPOISE_RAY_TOKEN: "schlüssel" })).toThrow(
    /no header can carry/,
  );
});
