/** Typeform's responses (https://www.typeform.com/developers/webhooks/example-payload/). */
import type { SampleContext } from "../../core/types.ts";
import { framed, isoSeconds, type Thing, token } from "./sampler.ts";

const fields = [
  { id: "JwWggjAKtOkA", ref: "name", type: "short_text", title: "What is your name?" },
  { id: "SMEUb7VJz92Q", ref: "mail", type: "email", title: "Where can we write to?" },
];

const response =
  (isWhole: boolean) =>
  (context: SampleContext): Thing => ({
    form_id: "lT4Z3j",
    token: token(context).toLowerCase(),
    landed_at: isoSeconds(context),
    submitted_at: isoSeconds(context),
    definition: { id: "lT4Z3j", title: "A greeting", fields },
    answers: [
      {
        type: "text",
        text: "Ada Nwosu",
        field: { id: "JwWggjAKtOkA", type: "short_text", ref: "name" },
      },
      ...(isWhole
        ? [
            {
              type: "email",
              email: "ada@example.com",
              field: { id: "SMEUb7VJz92Q", type: "email", ref: "mail" },
            },
          ]
        : []),
    ],
  });

/** Responses with fresh ids and times. */
export const samples = framed(
  { form_response: response(true), form_response_partial: response(false) },
  (event_type, context, form_response) => ({
    event_id: token(context),
    event_type,
    form_response,
  }),
);
