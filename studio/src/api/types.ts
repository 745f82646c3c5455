/** The nouns of the interface, by their short names. They are made from the server's own description: see schema.d.ts. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Port = Omit<Schemas["Port"], "default" | "constraints"> & { default: Json; constraints: Record<string, Json> };
export type Command = Omit<Schemas["Command"], "inputs" | "outputs"> & { inputs: Port[]; outputs: Port[] };
export type ModelSpec = Omit<Schemas["ModelSpec"], "commands" | "options"> & { commands: Command[]; options: Port[] };
export type ModelSummary = Schemas["ModelSummary"];
export type ModelPage = Omit<Schemas["Model"], "spec"> & { spec: ModelSpec | null };
export type ExampleList = Schemas["ExampleList"];
export type StoredFile = Schemas["BlobReference"];
export type OpenUpload = Schemas["Upload"];
export type Problem = Schemas["Problem"];
export type Job = Schemas["Job"];
export type Output = Job["outputs"][number];
export type Status = Job["status"];
export type NewJob = Pick<Schemas["JobRequest"], "model"> & Partial<Schemas["JobRequest"]>;
export type JobPage = Schemas["JobPage"];
export type Settings = Schemas["SettingsShown"];
export type SettingsChange = Partial<Schemas["SettingsChange"]>;
export type Deployment = Schemas["DeploymentShown"];
export type DeploymentStatus = Schemas["DeploymentStatus"];
export type DeploymentChange = Partial<Schemas["DeploymentChange"]>;
export type NewDeployment = Pick<Schemas["NewDeployment"], "model"> & Partial<Schemas["NewDeployment"]>;
export type Token = Schemas["TokenShown"];
export type NewToken = Pick<Schemas["NewToken"], "name"> & Partial<Schemas["NewToken"]>;
export type TokenMade = Schemas["TokenMade"];
export type Figures = Schemas["FiguresList"];
export type HostedLine = Schemas["HostedLine"];
export type Snippet = Schemas["SnippetShown"];
export type Dataset = Schemas["Dataset"];
export type NewDataset = Pick<Schemas["NewDataset"], "files"> & Partial<Schemas["NewDataset"]>;
export type DatasetPreview = Schemas["DatasetPreview"];
export type Trainer = Omit<Schemas["TrainerShown"], "options"> & { options: Port[] };
export type Training = Schemas["Training"];
export type NewTraining = Pick<Schemas["NewTraining"], "dataset"> & Partial<Schemas["NewTraining"]>;
export type NewFork = Partial<Schemas["NewFork"]>;
export type TrainingPage = Schemas["TrainingPage"];
export type Estimate = Schemas["Estimate"];
export type CurvePoint = Schemas["CurvePoint"];
export type SampleText = Schemas["SampleText"];
export type Checkpoint = Schemas["Checkpoint"];
export type Memorised = Schemas["Memorised"];
export type Bot = Schemas["BotShown"];
export type BotKey = Schemas["BotKeyShown"];
export type BotNetwork = Schemas["BotNetwork"];
export type BotNote = Schemas["BotNote"];
export type BotChange = Partial<Schemas["BotChange"]>;
export type NewBot = Schemas["NewBot"];
export type Persona = Schemas["Persona-Output"];
export type RehearsalLine = Pick<Schemas["RehearsalLine"], "text"> & Partial<Schemas["RehearsalLine"]>;
export type Health = Schemas["Health"];
export type JobEvent =
  | Schemas["JobMessage"]
  | Schemas["ProgressMessage"]
  | Schemas["LogMessage"]
  | Schemas["PreviewMessage"]
  | Schemas["PartMessage"];
