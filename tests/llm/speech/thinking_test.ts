// Thinking in the middle of what a model says is told apart from it, in all its forms.
import { type Case, plain, testCases } from "./told.ts";

function thinks(policy: string, text: string, said: string, thought: string): Case {
  return [policy, text, { said, thought }];
}

testCases([
  thinks(
    "a thought before the answer",
    "<think>They want tasks.</think>\n\nHere.",
    "Here.",
    "They want tasks.",
  ),
  thinks("another name, in capitals", "<Thinking>\nHm.\n</THINKING>Yes.", "Yes.", "\nHm.\n"),
  thinks("attributes and blanks", '< think time="3">Hm.</ think >Yes.', "Yes.", "Hm."),
  thinks("Mistral's tags", "[THINK]Hm.[/THINK]Yes.", "Yes.", "Hm."),
  thinks("Kimi's tags", "◁think▷Hm.◁/think▷Yes.", "Yes.", "Hm."),
  thinks("thought tokens", "<|begin_of_thought|>Hm.<|end_of_thought|>Yes.", "Yes.", "Hm."),
  thinks("Seed's tags", "<seed:think>Hm.</seed:think>Yes.", "Yes.", "Hm."),
  thinks("reasoning", "<reasoning>\nHm.\n</reasoning>\nYes.", "Yes.", "\nHm.\n"),
  thinks("thought", "<thought>Hm.</thought>Yes.", "Yes.", "Hm."),
  thinks("Hermes' scratchpad", "<REASONING_SCRATCHPAD>Hm.</REASONING_SCRATCHPAD>Yes.", "Yes.", "Hm."),
  thinks(
    "Cohere's tokens, around the answer too",
    "<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Yes.<|END_RESPONSE|>",
    "Yes.",
    "Hm.",
  ),
  thinks("Gemma 4's channel", "<|channel>thought\nHm.<channel|>Yes.", "Yes.", "\nHm."),
  thinks("an empty channel", "<|channel>thought\n<channel|>Yes.", "Yes.", "\n"),
  thinks("MedGemma's unused tokens", "<unused94>thought\nHm.<unused95>Yes.", "Yes.", "\nHm."),
  thinks("LiteRT's tokens", "<|think|>Hm.<|/think|>Yes.", "Yes.", "Hm."),
  thinks("GLM's box around the answer", "<think>Hm.</think><|begin_of_box|>42<|end_of_box|>", "42", "Hm."),
  thinks("Hunyuan's answer", "<think>Hm.</think>\n<answer>\nYes.</answer>", "Yes.", "Hm."),
  thinks("ERNIE's answer", "Hm.\n</think>\n<response>Yes.\n</response>\n", "Yes.\n\n", "Hm.\n"),
  thinks("Apriel's answer", "Hm.\n[BEGIN FINAL RESPONSE]Yes.[END FINAL RESPONSE]<|end|>", "Yes.", "Hm.\n"),
  thinks("Solar's messages", "<|think|>Hm.<|end|><|begin|>assistant<|content|>Yes.<|end|>", "Yes.", "Hm."),
  thinks("an empty thought", "<think>\n\n</think>\n\nYes.", "Yes.", "\n\n"),
  thinks("a thought that is only a tag", "<think/>Yes.", "Yes.", ""),
  thinks("blanks before", "\n\n<think>Hm.</think>Yes.", "\n\nYes.", "Hm."),
]);

testCases([
  thinks(
    "a thought between two lines",
    "Let me see.\n<think>Hm.</think>\nYes.",
    "Let me see.\n\nYes.",
    "Hm.",
  ),
  thinks("a thought between two sentences", "Let me see.<think>Hm.</think> Yes.", "Let me see. Yes.", "Hm."),
  thinks(
    "a thought in the middle of a sentence",
    "I look <think>where?</think>around.",
    "I look around.",
    "where?",
  ),
  thinks("a thought that breaks a word off", "I<think>Hm.</think> see.", "I see.", "Hm."),
  thinks("several thoughts", "<think>a</think>b\n<thought>c</thought>d", "b\nd", "ac"),
  thinks("Kimi K3", "<|open|>think<|sep|>Hm.<|close|>think<|sep|><|open|>response<|sep|>Yes.", "Yes.", "Hm."),
  thinks(
    "Kimi K3, opened by its prompt",
    "Hm.<|close|>think<|sep|><|open|>response<|sep|>Yes.",
    "Yes.",
    "Hm.",
  ),
  thinks("Kimi K3, never closed", "<|open|>think<|sep|>Hm.<|open|>response<|sep|>Yes.", "Yes.", "Hm."),
  thinks("Kimi K3, neither", "Hm.<|open|>response<|sep|>Yes.", "Yes.", "Hm."),
  thinks("Apertus", "<|inner_prefix|>Hm.<|inner_suffix|>Yes.", "Yes.", "Hm."),
  thinks("two thoughts in a row", "<think>a</think>\n<think>b</think>\nYes.", "Yes.", "ab"),
  thinks(
    "another tag inside of a thought",
    "<think>is <b> or </thinking> it</think>Yes.",
    "Yes.",
    "is <b> or </thinking> it",
  ),
  thinks(
    "markers inside of a thought",
    "<think>`x` <|im_end|> [INST]</think>Yes.",
    "Yes.",
    "`x` <|im_end|> [INST]",
  ),
  thinks(
    "a call inside of a thought",
    '<think>So <tool_call>{"name"</think>Yes.',
    "Yes.",
    'So <tool_call>{"name"',
  ),
]);

testCases([
  thinks("a thought that is never closed", "<think>They want", "", "They want"),
  thinks("one that begins a line", "Let me see.\n<think>They want", "Let me see.\n", "They want"),
  thinks("one whose closing tag is cut", "<think>They want</thi", "", "They want</thi"),
  thinks("one between tokens", "[THINK]They want", "", "They want"),
  thinks("one that a token begins in a sentence", "I see<|START_THINKING|>Hm", "I see", "Hm"),
  thinks(
    "one that its tag begins twice",
    "<think>\n<think>\nHm.\n</think>\nYes.",
    "Yes.",
    "\n<think>\nHm.\n",
  ),
  thinks(
    "one with a thought that is never closed in it",
    "<think>a.\n<think>b</think>c",
    "",
    "a.\n<think>bc",
  ),
  thinks("one that another tag closes", "<think>Hm.</thinking>\n\nYes.", "Yes.", "Hm."),
  thinks(
    "one that another tag closes too early",
    "<think>Hm.</thinking>\nSo.</think>Yes.",
    "Yes.",
    "Hm.\nSo.",
  ),
  thinks("a thought in a thought", "<think>a\n<think>b</think>c</think>d", "d", "a\n<think>bc"),
  thinks("a thought in the middle of a thought", "<think>a<think>b</think>c</think>d", "d", "a<think>bc"),
  thinks(
    "a thought about its own tag",
    "<think>I could use <think> here.</think>Yes.",
    "Yes.",
    "I could use <think> here.",
  ),
  thinks(
    "a thought that quotes its own tag",
    "<think>It is (<think>x).</think>Yes.",
    "Yes.",
    "It is (<think>x).",
  ),
]);

testCases([
  thinks("a closing tag at the beginning", "</think>\nYes.", "Yes.", ""),
  thinks("a closing tag behind blanks", "\n </think>\nYes.", "Yes.", "\n "),
  thinks("a closing tag alone on its line", "They want,\nso\n</think>\n\nYes.", "Yes.", "They want,\nso\n"),
  thinks(
    "a closing tag behind a sentence",
    "They want tasks.</think>Yes. No.",
    "Yes. No.",
    "They want tasks.",
  ),
  thinks("a closing tag behind a word", "They want tasks</think>Yes.", "Yes.", "They want tasks"),
  thinks(
    "a closing tag behind a blank, at the end of its line",
    "I answer </think>\nYes.",
    "Yes.",
    "I answer ",
  ),
  thinks(
    "a closing tag behind a mention",
    "Use the <think> tag.\nSo.\n</think>Yes.",
    "Yes.",
    "Use the <think> tag.\nSo.\n",
  ),
  thinks("a closing token", "Hm.[/THINK]Yes.", "Yes.", "Hm."),
  thinks("a closing token of Kimi", "Hm.◁/think▷Yes.", "Yes.", "Hm."),
  thinks("a closing channel of Gemma", "Hm.<channel|>Yes.", "Yes.", "Hm."),
  thinks("a second closing tag", "<think>a</think>Yes.</think>No.", "Yes.No.", "a"),
]);

testCases([
  plain("half an opening tag at the end", "Use <thi"),
  plain("a mention in the middle of a sentence", "Use the <think> tag, then."),
  plain("a mention of both tags", "Use <think> and </think> around it."),
  plain(
    "a mention of what stands between tags",
    "Text in <think>…</think> or <thinking>...</thinking> is hidden.",
  ),
  plain("a mention in quotes", 'The "<think>" and "</think>" tags.'),
  plain("a mention in brackets", "Some tags (<think>, </think>) are special."),
  plain("a mention of a closing tag", "Here </think> it is."),
  plain("a mention in a list", "- <think>: opens\n- </think>: closes\n1. <think> opens"),
  plain("a mention in a table", "| tag | what |\n| <think> | opens |"),
  plain("a mention in bold", "It is **<think>**, and so on."),
  plain("a mention of a token", "It writes [THINK] first, and [/THINK] last."),
  plain("a mention in code", "Write `<think>` and `</think>` around it."),
  plain("code with a backtick in it", "``a ` <think>b</think>`` and ````\n```\n<think>\n```\n````"),
  plain("a mention in a fence", "```\n<think>\nx\n</think>\n```\nSo."),
  plain("an answer in XML", "<answer>42</answer>\n<response>ok</response>"),
  thinks(
    "XML behind an answer",
    "<think>Hm.</think>So <answer>42</answer>.",
    "So <answer>42</answer>.",
    "Hm.",
  ),
  plain("generics of the same name, twice", "Foo<think>() and Bar<think>(x), or A<thought> and B<think> C"),
  plain("named groups", "(?P<think>.*) is a group; (?<think>x) too."),
  plain("a generic type", "List<Thought> is a type, and so is Map<Reasoning, Thinking>."),
  plain("what looks like a tag", "a < b, <thin>, <thinker>, <thinking-mode>, [T], [x](y), ◁"),
  thinks("a backtick that is none", "It's a ` here.\n<think>Hm.</think>Yes.", "It's a ` here.\nYes.", "Hm."),
]);
