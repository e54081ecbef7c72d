// The codes of hosts, as data. A code that names one fault decides alone; a code that names only a class of
// faults stands for the HTTP status of that class. Keys are lower case without any punctuation, as
// `codeKey` makes them, so that `context_length_exceeded` and `ContextLengthExceeded` are one row.
import type { ModelFailureKind } from "../../contracts/model.ts";

/** How the tables below spell a code. */
export function codeKey(code: string): string {
  return code.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** The fault that a code names, by kind; each line with who sends it. */
const NAMED: [ModelFailureKind, string[]][] = [
  ["context_overflow", [
    ...["contextlengthexceeded", "stringabovemaxcontext"], // OpenAI and most others
    ...["contextwindowexceeded", "contextwindowexceedederror", "contextlengthexceedederror"], // litellm
    "modelcontextwindowexceeded", // GLM, as a finish reason; Anthropic
    ...["modelmaxprompttokensexceeded", "maxprompttokensexceeded"], // GitHub Copilot
    "exceedcontextsizeerror", // llama.cpp#15780
    ...["prompttoolong", "inputtoolong", "contextoverflow", "tokenslimit", "tokenslimitreached"], // GitHub Models
    "1261", // GLM: docs.z.ai, api-code
  ]],
  ["content_filtered", [
    ...["contentfilter", "contentfiltered", "contentpolicyviolation", "invalidprompt"], // OpenAI, Azure, Kimi
    ...["responsibleaipolicyviolation", "contentpolicyviolationerror"], // Azure, litellm
    ...["datainspectionfailed", "datainspection"], // DashScope: help.aliyun.com, error-code
    ...["prohibitedcontent", "safety", "blocklist", "spii", "recitation"], // Gemini: block and finish reasons
    ...["sensitivewordsdetected", "promptblocked"], // new-api
    ...[
      "sensitivecontentdetected",
      "inputtextsensitivecontentdetected",
      "outputtextsensitivecontentdetected",
    ], // Volcengine
    ...[
      "moderationblocked",
      "contentmoderated",
      "guardrailintervened",
      "guardrailviolation",
      "contentviolation",
    ],
    ...["1301", "minimax1026", "minimax1027"], // GLM; MiniMax: platform.minimax.io, errorcode
  ]],
  ["no_credit", [
    ...["insufficientquota", "billinghardlimitreached", "billingnotactive"], // OpenAI
    "blockedapiaccess", // Groq: console.groq.com/docs/spend-limits
    ...["insufficientbalance", "insufficientcredits", "insufficientcredit", "insufficientfunds"],
    ...["paymentrequired", "paymentrequirederror", "billingerror", "creditsrequired", "creditlimit"], // Cerebras, Anthropic, Together
    "exceededcurrentquotaerror", // Kimi, with 429
    ...["arrearage", "allocationquotafreetieronly"], // DashScope
    ...["insufficientuserquota", "preconsumetokenquotafailed"], // new-api
    ...["apikeyquotaexhausted", "quotaexhausted"], // sub2api
    ...["budgetexceeded", "budgetexceedederror", "exceededbudget"], // litellm
    ...["1113", "1309", "minimax1008"], // GLM; MiniMax
  ]],
  ["auth", [
    ...["invalidapikey", "incorrectapikey", "apikeyinvalid", "apikeyexpired", "missingapikey", "noapikey"],
    ...["invalidauthenticationerror", "incorrectapikeyerror", "invalidiamtoken", "invalidtoken"], // Kimi
    ...["unrecognizedclientexception", "expiredtokenexception", "invalidsignatureexception"], // Bedrock
    ...["1110", "1111", "1112", "1121", "1220", "1313"], // GLM: the account is locked, or not let in
    ...["accountdeactivated", "minimax1004", "minimax2049"],
  ]],
  ["rate_limited", [
    ...["ratelimitexceeded", "ratelimiterror", "ratelimited", "ratelimit", "ratelimitreachederror"],
    ...["toomanyrequests", "toomanyrequestsexception", "requestlimitexceeded"],
    ...["throttlingexception", "throttled", "throttling"], // Bedrock
    ...["throttlingratequota", "throttlingburstrate", "throttlingallocationquota", "limitrequests"], // DashScope
    ...["limitburstrate", "minimax1002", "minimax1039", "minimax1041", "minimax2045", "minimax2056"],
    ...["usagelimitreached", "tokenquotaexceeded"], // OpenAI's plans; Cerebras
    ...["1302", "1303", "1304", "1308", "1310"], // GLM
  ]],
  ["overloaded", [
    ...["overloaded", "overloadederror", "engineoverloadederror", "serveroverloaded", "modeloverloaded"],
    ...["serviceunavailable", "serviceunavailableerror", "serviceunavailableexception", "unavailableerror"],
    ...["apiconnectionerror", "connectionerror", "midstreamfallbackerror"], // litellm
    ...["capacityexceeded", "servicetiercapacityexceeded", "noavailablecapacity", "providerunavailable"], // Groq, Mistral
    ...["insufficientsystemresource", "modelnotreadyexception"], // DeepSeek, Bedrock
    ...["1120", "1230", "1234", "1305", "1312", "minimax1000", "minimax1013", "minimax1024", "minimax1033"],
  ]],
  ["timeout", [
    ...["timeout", "timeouterror", "requesttimeout", "modeltimeoutexception", "responsetimeexceeded"],
    "minimax1001",
  ]],
  ["malformed_tool_call", [
    "toolusefailed", // Groq: console.groq.com/docs/errors
    ...["malformedfunctioncall", "unexpectedtoolcall", "malformedtoolcall", "toolcallparseerror"], // Gemini
  ]],
  ["malformed_output", [
    ...["jsonvalidatefailed", "outputparsefailed"], // Groq
  ]],
  ["bad_request", [
    ...["modelnotfound", "modelnotexist", "modelnotavailable", "invalidmodel", "unknownmodel", "nosuchmodel"],
    ...["deploymentnotfound", "modelpermissionblockedorg", "modelpermissionblockedproject"], // Azure, Groq
    ...["unsupportedparameter", "unsupportedvalue", "unknownparameter", "extraforbidden"], // OpenAI, Mistral
    ...["integerabovemaxvalue", "integerbelowminvalue"],
    ...["invalidrequestmessageorder"], // Mistral
    ...["1211", "1212", "1221", "1222", "1311"], // GLM
  ]],
];

/** The status that a class of errors has, in the words of OpenAI, Anthropic, gRPC, AWS, vLLM and litellm. */
const CLASSES: Record<number, string[]> = {
  400: [
    ...["invalidrequesterror", "invalidrequest", "invalidrequestbody", "badrequest", "badrequesterror"],
    ...["badrequestexception", "validationerror", "validationexception", "invalidargument"],
    ...["failedprecondition", "outofrange", "invalidparameter", "invalidparametererror"],
    ...["1210", "1214", "1215", "minimax2013"], // GLM; MiniMax
  ],
  401: ["authenticationerror", "unauthenticated", "unauthorized", "authfailed", "unauthorizederror"],
  403: [
    ...["permissionerror", "permissiondenied", "permissiondeniederror", "accessdenied", "forbidden"],
    ...["accessdeniedexception", "accessdeniederror"],
  ],
  404: [
    "notfound",
    "notfounderror",
    "resourcenotfound",
    "resourcenotfounderror",
    "resourcenotfoundexception",
  ],
  413: ["requesttoolarge"],
  422: ["unprocessableentity", "unprocessableentityerror"],
  429: ["resourceexhausted", "quotaexceeded", "someresourcehasbeenexhausted"],
  500: [
    ...["servererror", "internalservererror", "internalerror", "internal", "apierror"],
    ...["internalservererrorexception", "internalfailure"],
  ],
  502: ["badgateway", "upstreamerror"],
  503: ["unavailable"],
  504: ["deadlineexceeded", "gatewaytimeout"],
};

const KIND_OF = new Map(NAMED.flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)));
const STATUS_OF = new Map(
  Object.entries(CLASSES).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);

/** The kind that the first of these codes to name one names. */
export function kindOfCodes(codes: readonly string[]): ModelFailureKind | undefined {
  return codes.map((code) => KIND_OF.get(code)).find((kind) => kind !== undefined);
}

/** The statuses that these codes stand for. */
export function statusesOfCodes(codes: readonly string[]): number[] {
  return codes.flatMap((code) => STATUS_OF.get(code) ?? []);
}
