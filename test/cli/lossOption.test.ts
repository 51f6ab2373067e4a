import { describe, expect, test } from "vitest";
import { parseLossOption } from "../../cli/lossOption.ts";

describe("--loss", () => {
  test("takes a recipe with its settings", () => {
    expect(parseLossOption("cross-entropy:recipe=lws,form=paper,stageEpochs=3")).toEqual({
      loss: "cross-entropy",
      parameters: {},
      sampler: "instance-balanced",
      recipe: "lws",
      settings: { form: "paper", stageEpochs: 3 },
    });
  });

  test("gives a name that both have to the loss, and to the recipe where that is said", () => {
    const choice = parseLossOption("logit-adjustment:tau=0.5,recipe.tau=0.7,recipe=tau-norm");
    expect(choice.parameters["tau"]).toBe(0.5);
    expect(choice.settings).toEqual({ tau: 0.7 });
  });

  test("takes deferred weights and the epoch of the switch", () => {
    expect(parseLossOption("ldam:schedule=drw,switch=20")).toMatchObject({
      parameters: { beta: 0 },
      schedule: { kind: "deferred", epoch: 20, parameters: { beta: 0.9999 } },
    });
    expect(parseLossOption("cross-entropy:schedule=drs").schedule).toEqual({
      kind: "deferred",
      sampler: "class-balanced",
    });
  });

  test.each([
    ["cross-entropy:recipe=best", 'no recipe "best". Known: plain, crt'],
    ["cross-entropy:schedule=soon", 'no schedule "soon". Known: drw, drs'],
    ["cross-entropy:switch=3", 'no schedule "". Known: drw, drs'],
    ["cross-entropy:recipe=crt,stageRate=0", "cRT: stageRate is 0. Give a number, above 0"],
    ["cross-entropy:form=paper", "Cross-entropy has no parameter form"],
  ])("refuses %s", (text, message) => {
    expect(() => parseLossOption(text)).toThrow(message);
  });

  test("is as before where no recipe is named", () => {
    expect(Object.keys(parseLossOption("balanced-softmax:sampler=class-balanced"))).toEqual([
      "loss",
      "parameters",
      "sampler",
    ]);
  });
});
