/** Zoom's events (https://developers.zoom.us/docs/api/webhooks/). */
import type { SampleContext } from "../../core/types.ts";
import { framed, isoSeconds, type Thing, token } from "./sampler.ts";

const meeting = (context: SampleContext): Thing => ({
  id: "1234567890",
  uuid: `${token(context).slice(0, 22)}==`,
  host_id: "x1yCzABCDEfg23HiJKl4mN",
  topic: "Weekly greeting",
  type: 2,
  start_time: isoSeconds(context),
  timezone: "Europe/Berlin",
  duration: 30,
});

const participant =
  (times: Thing) =>
  (context: SampleContext): Thing => ({
    ...meeting(context),
    participant: {
      user_id: "167782040",
      user_name: "Ada Nwosu",
      id: "iFxeBPYun6SAiWUzBcEkX",
      participant_uuid: "55555AAAiAAAAAiAiAiiAii",
      email: "ada@example.com",
      ...times,
    },
  });

/** Events of Zoom with fresh ids and times; they have no id of their own. */
export const samples = framed(
  {
    "meeting.started": meeting,
    "meeting.ended": (context) => ({ ...meeting(context), end_time: isoSeconds(context) }),
    "meeting.participant_joined": (context) =>
      participant({ join_time: isoSeconds(context) })(context),
    "meeting.participant_left": (context) =>
      participant({ leave_time: isoSeconds(context), leave_reason: "left the meeting" })(context),
    "recording.completed": (context) => ({
      ...meeting(context),
      total_size: 3_328_371,
      recording_count: 1,
      recording_files: [
        {
          id: "ed6c2f27-2ae7-42f4-b3d0-835b493e4fa8",
          recording_start: isoSeconds(context),
          recording_end: isoSeconds(context),
          file_type: "MP4",
          file_size: 3_328_371,
          status: "completed",
        },
      ],
    }),
  },
  (event, context, object) => ({
    event,
    event_ts: context.now,
    payload: { account_id: "AAAAAABBBB", object },
  }),
);
