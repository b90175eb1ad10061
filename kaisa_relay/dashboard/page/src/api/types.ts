// The objects of the API, by the names of its own document; `make page` generates them.
import type { components } from "../../generated/api";
import type { TriggerParts } from "../triggers/definition";

type Schemas = components["schemas"];

export type Alert = Schemas["AlertAnswer"];
export type Agent = Schemas["AgentAnswer"];
export type Channel = Schemas["ChannelView"];
export type Conversation = Omit<Schemas["ConversationAnswer"], "metadata"> & {
  /** Free JSON, which no schema describes. */
  metadata: Record<string, unknown> | null;
  /** Only where it was read by itself. */
  why?: Schemas["ConversationDetail"]["why"];
};
export type Reasons = NonNullable<Conversation["why"]>;
export type Happening = Schemas["EventAnswer"];
export type Key = Schemas["KeyAnswer"];
export type KeyList = Schemas["KeyList"];
export type NewKey = Schemas["NewKeyAnswer"];
export type Workspace = Omit<Schemas["WorkspaceAnswer"], "settings"> & {
  /** As `kaisa-relay workspace show` names them; the form knows each. */
  settings: Record<string, unknown>;
};
export type Message = Schemas["MessageAnswer"];
export type Offer = Schemas["OfferAnswer"];
export type Person = Schemas["PersonAnswer"];
export type Problem = Schemas["ProblemAnswer"];
export type Session = Schemas["SessionAnswer"];
export type Side = Schemas["WriteMessage"]["to"];
export type Status = Conversation["status"];

/** What the Engagement Builder's own documents leave open is told in `triggers/definition.ts`. */
export type Trigger = Omit<Schemas["TriggerAnswer"], keyof TriggerParts> & TriggerParts;
export type TriggerWish = Omit<Schemas["TriggerRequest"], keyof TriggerParts> & TriggerParts;
export type StepCounts = Schemas["StepAnswer"];
export type Previewed = Schemas["PreviewedAction"];
export type Preview = Omit<Schemas["PreviewAnswer"], "event"> & { event: { type?: string } };
export type Attempt = Schemas["AttemptAnswer"];
export type Endpoint = Omit<Schemas["EndpointAnswer"], "request"> & {
  /** How a provider is asked, which no schema describes. */
  request?: Record<string, unknown> | null;
};
export type EndpointWish = Schemas["EndpointRequest"];
export type EndpointChange = Schemas["EndpointChange"];
export type Delivery = Schemas["DeliveryAnswer"];
export type DeliveryDetail = Schemas["DeliveryDetail"];
export type Explored = Omit<Schemas["ExploreConversation"], "metadata">;
export type ExploreTotal = Schemas["ExploreTotal"];
export type ExportJob = Schemas["ExportAnswer"];
export type Report = Schemas["ReportAnswer"];
export type SavedView = Schemas["ViewAnswer"];
export type Suppression = Schemas["SuppressionAnswer"];
