/** What an engine must do with what a source's module answered, which comes after the acceptance. */
import { expect } from "vitest";
import type { Engine } from "../../core/engine.ts";
import { again, anAcceptance } from "./builders.ts";

type Store = { readonly engine: Engine; readonly reopen: () => Promise<Engine> };
type Group = {
  readonly behaviour: (sentence: string, check: (store: Store) => Promise<void>) => void;
};

const saying = (body: string) => ({ status: 200, body });

/** Behaviours of `answer`. */
export function keptAnswers({ behaviour }: Group): void {
  behaviour(
    "is told to who gives it, and to who gives one later: the first",
    async ({ engine }) => {
      const { request, ...rest } = anAcceptance({ key: "id:1" });
      await engine.accept({ request, ...rest });
      expect(await engine.answer(request.id, saying("first"))).toEqual(saying("first"));
      expect(await engine.answer(request.id, saying("second"))).toEqual(saying("first"));
      expect(await engine.answer(request.id, saying("first"))).toEqual(saying("first"));
      const repeat = again({ request, ...rest });
      expect((await engine.accept(repeat)).answer).toEqual(saying("first"));
    },
  );

  behaviour("is one of all that are given at once", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    const bodies = ["a", "b", "c", "d", "e"];
    const told = await Promise.all(
      bodies.map((body) => engine.answer(first.request.id, saying(body))),
    );
    expect(new Set(told.map(({ body }) => body)).size).toBe(1);
    expect((await engine.accept(again(first))).answer).toEqual(told[0]);
  });

  behaviour("never takes the place of one that came with the acceptance", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1", answer: saying("at once") });
    await engine.accept(first);
    expect(await engine.answer(first.request.id, saying("late"))).toEqual(saying("at once"));
    expect((await engine.accept(again(first))).answer).toEqual(saying("at once"));
  });

  behaviour("is there after a restart, with its headers", async ({ engine, reopen }) => {
    const first = anAcceptance({ key: "id:1" });
    await engine.accept(first);
    const answer = { ...saying("grüße"), contentType: "text/xml", headers: { "x-a": "1" } };
    await engine.answer(first.request.id, answer);
    const later = await reopen();
    expect((await later.accept(again(first))).answer).toEqual(answer);
    expect(await later.answer(first.request.id, saying("other"))).toEqual(answer);
  });

  behaviour("changes nothing of what the request owes", async ({ engine }) => {
    const first = anAcceptance({ key: "id:1", to: ["crm"] });
    await engine.accept(first);
    const before = await engine.counts();
    await engine.answer(first.request.id, saying("x"));
    expect(await engine.counts()).toEqual(before);
    expect(await engine.request(first.request.id)).toMatchObject({ outcome: "accepted" });
  });

  behaviour("to a request that isn't kept is told, and kept nowhere", async ({ engine }) => {
    const { request } = anAcceptance();
    expect(await engine.answer(request.id, saying("x"))).toEqual(saying("x"));
    expect(await engine.request(request.id)).toBeUndefined();
  });
}
