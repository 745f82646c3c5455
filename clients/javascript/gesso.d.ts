/** Gesso's client for JavaScript. See README.md beside this file. */

export type Callback<T> = (error: GessoError | null, result: T | null) => void;

/** A value of JSON, or what a picture or a file can be; p5's pictures, graphics and cameras, too. */
export type Input = unknown;
export type Inputs = Record<string, Input>;

export interface Port {
  name: string;
  type: string;
  title: string;
  description: string;
  is_required: boolean;
  default: unknown;
  constraints: Record<string, unknown>;
}

export interface Info {
  name: string;
  title: string;
  description: string;
  command: string;
  inputs: Port[];
  outputs: Port[];
  is_streaming: boolean;
}

export interface Stage {
  stage: "environment" | "weights" | "setup";
  status: "waiting" | "under way" | "done";
  text: string;
  fraction: number;
  took_s: number | null;
  usual_s: number | null;
}

export interface Status {
  state: "inactive" | "asleep" | "waking" | "awake" | "failed";
  stages: Stage[];
  estimate_s: number | null;
  problem: { code: string; message: string; hint?: string } | null;
  ready: number;
  busy: number;
  waiting: number;
}

export interface RunOptions {
  seed?: number;
  signal?: AbortSignal;
}

export interface StreamOptions extends RunOptions {
  onProgress?: (fraction: number, text: string) => void;
  onLog?: (text: string, level: string) => void;
  onPreview?: (value: unknown, output: string, type: string) => void;
}

export interface LiveOptions {
  source?: unknown | (() => unknown);
  fps?: number;
  size?: number;
  frame?: string;
  inputs?: Inputs;
  output?: string;
  format?: "jpeg" | "png" | "webp";
  quality?: number;
  seed?: number;
  onProgress?: (fraction: number, text: string) => void;
}

export interface Frame {
  outputs: Record<string, any>;
  picture: ImageBitmap | null;
  number: number;
  dropped: number;
  timings: Record<"queue" | "decode" | "transport" | "model" | "encode" | "total", number>;
}

export class GessoError extends Error {
  code: string;
  hint: string;
  status: number;
}

export class Result {
  outputs: Record<string, any>;
  seed: number;
  metrics: Record<string, number>;
  get value(): any;
  image(name?: string): Promise<HTMLImageElement>;
}

export class Live {
  readonly isReady: boolean;
  readonly isClosed: boolean;
  send(picture: unknown): Promise<void>;
  change(inputs: Inputs): Promise<void>;
  close(): void;
}

export class Model {
  constructor(url: string, options?: { token?: string });
  readonly url: string;
  token: string;
  info(callback?: Callback<Info>): Promise<Info>;
  status(callback?: Callback<Status>): Promise<Status>;
  wake(onProgress?: (status: Status) => void, callback?: Callback<Status>): Promise<Status>;
  run(inputs?: Inputs, callback?: Callback<Result>): Promise<Result>;
  run(inputs: Inputs, options: RunOptions, callback?: Callback<Result>): Promise<Result>;
  stream(inputs?: Inputs, onPart?: (part: any, output: string) => void, callback?: Callback<Result>): Promise<Result>;
  stream(
    inputs: Inputs,
    onPart: ((part: any, output: string) => void) | undefined,
    options: StreamOptions,
    callback?: Callback<Result>,
  ): Promise<Result>;
  live(options: LiveOptions, onFrame: Callback<Frame>): Live;
  live(onFrame: Callback<Frame>): Live;
}

export function camera(options?: { width?: number; height?: number; facing?: "user" | "environment" }): Promise<HTMLVideoElement>;
export function image(url: string): Promise<HTMLImageElement>;
export function picture(source: unknown, options?: { type?: string; quality?: number; size?: number }): Promise<Blob>;

declare const gesso: {
  Model: typeof Model;
  Live: typeof Live;
  Result: typeof Result;
  GessoError: typeof GessoError;
  camera: typeof camera;
  image: typeof image;
  picture: typeof picture;
};
export default gesso;
export as namespace gesso;
