// The markers that models write between what they say, think and call, as data. Hosts are to take them out; each of
// them has been seen in the text of some host all the same. How they are spelt is in read_marker.ts and read_tag.ts.

/** What a marker means. */
export type Meaning =
  /** A thought begins or ends; the name tells which closing one belongs to which opening one. */
  | { type: "opening" | "closing"; name: string }
  /** A message of gpt-oss begins. */
  | { type: "channel"; holds: "a thought" | "the answer" | "a preamble" }
  /** A tool call, or what a tool is made to have answered. */
  | { type: "call"; counts: "always" | "unless mentioned" | "where it begins a sentence" }
  /** The end of a turn. A word of HTML or of a textbook counts only at the end of the text. */
  | { type: "end"; counts: "anywhere" | "at the end" }
  /** A turn begins. What is no more than a word of a textbook counts only where it is glued to what was said. */
  | { type: "role"; whose: "the model's" | "another's"; counts?: "behind text" }
  /** The answer begins or ends, where a thought came before. */
  | { type: "answer"; tag: "opening" | "closing" }
  /** Nothing that a reader needs. What begins a text is a word of a textbook or of a program elsewhere. */
  | { type: "noise"; counts?: "at the beginning" }
  /** An opening tag of HTML, whose closing tag elsewhere is the end of a turn. */
  | { type: "struck" };

export type Marker = Meaning & { length: number };

/** What a text begins with; null where that is no marker, `undecided` where it depends on what follows. */
export type Reading = Marker | "undecided" | null;

/** Whether a text goes on behind what is known of it. */
export type Rest = "more to come" | "nothing to come";

export const CALL: Meaning = { type: "call", counts: "unless mentioned" };
export const SURE_CALL: Meaning = { type: "call", counts: "always" };
export const LIKELY_CALL: Meaning = { type: "call", counts: "where it begins a sentence" };
export const END: Meaning = { type: "end", counts: "anywhere" };
export const WEAK_END: Meaning = { type: "end", counts: "at the end" };
export const OURS: Meaning = { type: "role", whose: "the model's" };
export const THEIRS: Meaning = { type: "role", whose: "another's" };
export const NOISE: Meaning = { type: "noise" };
export const FIRST_NOISE: Meaning = { type: "noise", counts: "at the beginning" };

type Row = [text: string, meaning: Meaning];

function rows(meaning: Meaning, texts: string): Row[] {
  return texts.split(" ").map((text) => [text, meaning]);
}

function thought(name: string, opening: string, closing: string): Row[] {
  return [[opening, { type: "opening", name }], [closing, { type: "closing", name }]];
}

/** Names between pipes, as in `<|im_end|>`: in lower case, with `_` for `▁`. */
export const PIPED = new Map<string, Meaning>([
  ...rows(END, "im_end endoftext end_of_text end_of_sentence end_of_turn end_of_turn_token end_of_message"),
  ...rows(END, "eot_id eom_id eot eos eor_id eod_id end return call end_response end_text endofturn"),
  ...rows(END, "endofprompt message_end end_of_msg"),
  // Ling and Ring among others.
  ...rows(END, "role_end eod eom"),
  ...rows(THEIRS, "user human system developer observation tool user_token system_token"),
  ...rows(OURS, "assistant bot model chatbot chatbot_token"),
  ...rows(NOISE, "begin_of_text begin_of_sentence bos startoftext start_of_text start_response start_text"),
  ...rows(NOISE, "begin_of_box end_of_box begin_of_solution end_of_solution im_sep im_middle end_header_id"),
  ...rows(NOISE, "header_end end_of_role message content sep role_sep message_sep pad finetune_right_pad_id"),
  ...rows(CALL, "constrain fc"),
  ...thought("thought", "begin_of_thought", "end_of_thought"),
  // Cohere's Command A Reasoning.
  ...thought("cohere", "start_thinking", "end_thinking"),
  // Apertus.
  ...thought("inner", "inner_prefix", "inner_suffix"),
  // Gemma's by LiteRT; Solar's ends with its message, as a thought of gpt-oss does.
  ...thought("channel", "think", "/think"),
]);

/** What names between pipes begin with where they are part of a call. */
export const PIPED_CALLS: Row[] = [
  ...rows(SURE_CALL, "dsml"),
  ...rows(
    CALL,
    "tool_ toolcall function_ function= python_tag action_start action_end start_action end_action",
  ),
  ...rows(CALL, "start_tool end_tool plugin tools_prefix recipient python_start python_end"),
];

/** Between pipes, with a role in words behind them; gpt-oss and Solar begin each message of a turn so. */
export const PIPED_MESSAGES = ["start", "begin"];
export const PIPED_ROLES = [
  ...PIPED_MESSAGES,
  ...["im_start", "im_user", "im_assistant", "im_system", "start_header_id", "header_start"],
  ...["start_of_role", "start_of_turn", "start_of_turn_token", "turn", "from"],
];

/** What a name in angle brackets is; read_tag.ts tells what must follow it. */
export type TagKind =
  | ("thought" | "wrapper" | "tools" | "call" | "tool" | "answer of a tool")
  | ("end" | "turn" | "answer" | "noise" | "struck");

function tags(kind: TagKind, names: string): [string, TagKind][] {
  return names.split(" ").map((name) => [name, kind]);
}

/** Names in angle brackets, as in `<think>`: in lower case. */
export const TAGS = new Map<string, TagKind>([
  ...tags("thought", "think thinking thought thoughts reasoning reasoning_scratchpad scratchpad reflection"),
  ...tags("thought", "inner_monologue thinking_process longcat_think seed:think antml:thinking mm:think"),
  ...tags("wrapper", "tool_call tool_calls function_calls toolcall tool_use function_call functioncall"),
  ...tags("tools", "tools"),
  ...tags(
    "call",
    "minimax:tool_call seed:tool_call longcat_tool_call xai:function_call antml:function_calls",
  ),
  // FunctionGemma's; Step's; Gemini's and Gemma's where they use no fence.
  ...tags("call", "start_function_call steptml:toolcall steptml:tool_call tool_code"),
  ...tags("call", "antml:invoke steptml:invoke invoke function parameter arg_key arg_value tool_sep"),
  ...tags("answer of a tool", "tool_response tool_result function_results function_result"),
  // Gemma pads with hundreds of its own.
  ...tags("end", "end_of_turn eos end_of_utterance eot pad"),
  ...tags("turn", "start_of_turn"),
  // Hunyuan's, ERNIE's and Granite's, behind their thoughts.
  ...tags("answer", "answer response"),
  ...tags("noise", "bos sop"),
  ...tags("struck", "s"),
]);

/** What is spelt in one way only. */
export const LITERALS: Row[] = [
  ...thought("think", "[THINK]", "[/THINK]"),
  ...thought("think", "◁think▷", "◁/think▷"),
  // Gemma 4 and MedGemma name the channel behind its token.
  ...thought("gemma", "<|channel>thought", "<channel|>"),
  ...thought("medgemma", "<unused94>thought", "<unused95>"),
  // Apriel thinks without a marker, up to its answer.
  ["[BEGIN FINAL RESPONSE]", { type: "closing", name: "apriel" }],
  ["[END FINAL RESPONSE]", NOISE],
  // Transcripts that models imitate.
  ["[Calling tool:", SURE_CALL],
  ['[Called function "', SURE_CALL],
  // GigaChat 3 (vllm-project/vllm#51701).
  ["<|message_sep|>\n\nfunction call", SURE_CALL],
  ...rows(
    SURE_CALL,
    "[ARGS] [CALL_ID] [TOOL_REQUEST] ✿FUNCTION✿ ]<]minimax[>[ <tool_call|> <tool_response|>",
  ),
  ...rows(LIKELY_CALL, "[TOOL_RESULTS] [AVAILABLE_TOOLS]"),
  ...rows(NOISE, "[END_TOOL_REQUEST] [gMASK] ]~!b["),
  ...rows(WEAK_END, "[/INST] [e~["),
  ...rows(END, "<turn|> [|endofturn|]"),
  ...rows({ type: "role", whose: "another's", counts: "behind text" }, "[INST]"),
  ...rows(THEIRS, "]~b]user ]~b]tool ]~b]system"),
  ...rows(OURS, "]~b]ai"),
  // EXAONE's; `[|user|]` alone is a list of F#.
  ...rows(FIRST_NOISE, "[|assistant|]"),
];
