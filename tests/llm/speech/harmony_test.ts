// What gpt-oss writes around its messages never reaches a reader: analysis is a thought, the final message the answer,
// and a message with a recipient a call.
import { call, type Case, plain, testCases } from "./told.ts";

function thinks(policy: string, text: string, said: string, thought = ""): Case {
  return [policy, text, { said, thought }];
}

testCases([
  thinks(
    "a thought and an answer",
    "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Good.<|return|>",
    "Good.",
    "Hm.",
  ),
  thinks("an answer", "<|channel|>final<|message|>Good.<|return|>", "Good."),
  thinks("an answer with its start", "<|start|>assistant<|channel|>final<|message|>Good.", "Good."),
  thinks("an answer in a format", '<|channel|>final <|constrain|>json<|message|>{"a":1}', '{"a":1}'),
  thinks("an answer that ends as others do", "<|channel|>final<|message|>Good.<|end|>", "Good."),
  thinks("a thought that never ends", "<|channel|>analysis<|message|>The user wants", "", "The user wants"),
  thinks("a thought with code", "<|channel|>analysis<|message|>a < b `x`<|end|>", "", "a < b `x`"),
  thinks("another name of the channel", "<|channel|>thinking<|message|>Hm.<|end|>", "", "Hm."),
  thinks(
    "a thought that ends with the next channel",
    "<|channel|>analysis<|message|>Hm.<|channel|>final<|message|>Good.",
    "Good.",
    "Hm.",
  ),
  thinks(
    "two thoughts",
    "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>analysis<|message|>b<|end|>" +
      "<|start|>assistant<|channel|>final<|message|>Good.",
    "Good.",
    "ab",
  ),
  thinks("a preamble", "<|channel|>commentary<|message|>I look.<|end|>", "I look."),
  thinks(
    "a preamble and an answer",
    "<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>final<|message|>Good.",
    "I look.\n\nGood.",
  ),
  thinks(
    "an answer whose first token is dropped",
    "assistant<|channel|>analysis<|message|>Hm.<|end|>assistant<|channel|>final<|message|>Good.<|return|>",
    "Good.",
    "Hm.",
  ),
  thinks("a role on a line of its own", "assistant\n\nGood.", "Good."),
  thinks("half a header at the end", "<|channel|>fin", ""),
  thinks("half a token at the end", "<|chan", ""),
  thinks(
    "a thought between tags",
    "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|><think>So.</think>Good.",
    "Good.",
    "Hm.So.",
  ),
]);

testCases([
  call(
    "a call",
    '<|channel|>commentary to=functions.get_tasks <|constrain|>json<|message|>{"n":1}<|call|>',
  ),
  call("a call without its format", "<|channel|>commentary to=functions.get_tasks<|message|>{}<|call|>"),
  call("a call with a glued format", "<|channel|>commentary to=functions.get_tasksjson<|message|>{}"),
  call(
    "a call by the role",
    "<|start|>assistant to=functions.get_tasks<|channel|>commentary json<|message|>{}",
  ),
  call("a call by its arguments", '<|channel|>commentary<|message|>{"path": "/"}<|end|>'),
  call("a call by its format", "<|channel|>commentary json<|message|>x"),
  call("a call in the channel of thoughts", "<|channel|>analysis to=browser.search code<|message|>{}"),
  call(
    "a call behind a thought",
    "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.x<|message|>{}",
    "",
    "Hm.",
  ),
  call(
    "a call behind a preamble",
    "<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>commentary to=functions.x " +
      "<|constrain|>json<|message|>{}",
    "I look.",
  ),
  call("a call without its channel", "commentary to=functions.get_tasks json<|message|>{}"),
  call("the rest of a call", '<|constrain|>json<|message|>{"n":1}'),
]);

testCases([
  thinks(
    "plain words",
    "analysisThe user wants tasks.assistantfinalHere they are.",
    "Here they are.",
    "The user wants tasks.",
  ),
  thinks("plain words, with blanks", "analysisWe think. assistantfinal Good.", "Good.", "We think. "),
  thinks("plain words that never end", "analysisWe need to", "", "We need to"),
  thinks(
    "plain words that begin in another way",
    "analysisHello there.assistantfinalGood.",
    "Good.",
    "Hello there.",
  ),
  thinks(
    "two plain thoughts",
    "analysisWe think.assistantanalysisWe know.assistantfinalGood.",
    "Good.",
    "We think.We know.",
  ),
  thinks(
    "a plain preamble",
    "analysisWe look.assistantcommentaryI look.assistantfinalGood.",
    "I look.\n\nGood.",
    "We look.",
  ),
  thinks("a plain answer", "assistantfinalGood.", "Good."),
  thinks("half of the plain words", "final<|message|>Good.", "Good."),
  thinks("half of the plain words of a thought", "analysis<|message|>Hm.<|end|>", "", "Hm."),
  call(
    "a plain call",
    "analysisWe call.assistantcommentary to=functions.get_tasks json{}",
    "",
    "We call.",
  ),
  plain("a word of a program", "analysisResults is a list, and analysis a module."),
  plain("a role that is a word", "assistant is a role, and so is\nassistant"),
  plain("the word", "analysis of the project: the assistant finally answered."),
  plain("another word", "final answer: commentary is an assistantship"),
  plain("the beginning of the word", "ana"),
  plain("a mention", "It writes <|channel|> and <|message|> around it."),
  plain("a mention in code", "`<|channel|>analysis<|message|>x` and\n```\n<|channel|>final<|message|>x\n```"),
]);
