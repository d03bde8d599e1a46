export { archiver } from "./archiver.ts";
export { authorizer } from "./authorizer.ts";
export { broadcaster } from "./broadcaster.ts";
export { consumer } from "./consumer.ts";
export { live } from "./live.ts";
export { receiver } from "./receiver.ts";
export { refresher } from "./refresher.ts";
export { sweeper } from "./sweeper.ts";
