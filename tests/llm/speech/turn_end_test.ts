// The tokens at the end of a turn are not shown, nor is a turn that the model makes up behind them.
import { type Case, plain, testCases } from "./told.ts";

function ends(policy: string, text: string, said = "Good."): Case {
  return [policy, text, { said }];
}

testCases([
  ...[
    ...[
      "<|im_end|>",
      "<|eot_id|>",
      "<|endoftext|>",
      "</s>",
      "<end_of_turn>",
      "<|end|>",
      "<|return|>",
      "<eos>",
    ],
    ...[
      "<｜end▁of▁sentence｜>",
      "[/INST]",
      "<|eom_id|>",
      "<|end_of_text|>",
      "<|END_OF_TURN_TOKEN|>",
      "<|eot|>",
    ],
    ...["<|role_end|>", "<|eod|>", "[|endofturn|]", "<end_of_utterance>", "<pad><pad><pad>", "<EOT>"],
    ...["<turn|>", "[e~[", "<|endofprompt|>", "<|im_end|><|endoftext|>", "<|IM_END|>", "<| im_end |>"],
  ].map((token) => ends("a token at the end", `Good.${token}`)),
  ends("blanks behind it", "Good.<|im_end|>\n\n"),
  ends("on a line of its own", "Good.\n<|im_end|>\n", "Good.\n"),
  ends("behind a blank", "Good. <|im_end|>", "Good. "),
  ends("behind a word", "Good <|im_end|>", "Good "),
  ends("half of it", "Good.<|im_e"),
  ends("in code that is never closed", "```\nx = 1<|im_end|>", "```\nx = 1"),
  ends("alone", "<|im_end|>", ""),
  ends("at the beginning", "<|endoftext|>Good."),
  ends("a word of it at the beginning", "<eos>Good."),
  ends("tokens of a beginning", "<|begin_of_text|>Good."),
  ends("DeepSeek's token of a beginning", "<｜begin▁of▁sentence｜>Good."),
  ends("unused tokens", "So<unused6226><unused6227> Good.", "So Good."),
]);

testCases([
  ends("ChatML", "Good.<|im_end|>\n<|im_start|>user\nHi<|im_end|>"),
  ends("ChatML without an end", "Good.<|im_start|>user\nHi"),
  ends("the model's own next turn", "Good.<|im_end|>\n<|im_start|>assistant\nAgain."),
  ends("Llama", "Good.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi"),
  ends("Llama 4", "Good.<|eot|><|header_start|>user<|header_end|>\n\nHi"),
  ends("Phi", "Good.<|end|><|user|>Hi"),
  ends("GLM", "Good.<|user|>\nHi"),
  ends("GLM's answer of a tool", "Good.<|observation|>\n{}"),
  ends("Gemma", "Good.<end_of_turn>\n<start_of_turn>user\nHi"),
  ends("Gemma 4", "Good.<turn|>\n<|turn>user\nHi"),
  ends("Mistral", "Good.</s>[INST] Hi [/INST]"),
  ends("Mistral without an end", "Good.[INST] Hi [/INST]"),
  ends("DeepSeek", "Good.<｜end▁of▁sentence｜><｜User｜>Hi"),
  ends("Cohere", "Good.<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hi"),
  ends("Granite", "Good.<|end_of_text|><|start_of_role|>user<|end_of_role|>Hi"),
  ends("Kimi", "Good.<|im_end|><|im_user|>user<|im_middle|>Hi"),
  ends("MiniMax", "Good.[e~[\n]~b]user\nHi"),
  ends("words behind an end", "Good.<|endoftext|>Human: Hi"),
  ends("a turn in the middle of a sentence", "Good <|im_end|>\n<|im_start|>user\nHi", "Good "),
  ends("a turn behind a blank, on the same line", "Good <|im_end|> <|im_start|>user: Hi", "Good "),
  ends("another's turn alone", "<|im_start|>user\nHi", ""),
  ends("the model's own header", "<|im_start|>assistant\nGood.<|im_end|>"),
  ends("the model's own header of Llama", "<|start_header_id|>assistant<|end_header_id|>\n\nGood."),
  ends("the model's own token", "<|assistant|>\nGood."),
  ends("EXAONE's own header", "[|assistant|]Good."),
  ends("EXAONE's next turn", "Good.[|endofturn|]\n[|user|]Hi"),
  ...["Good.<|close|>message<|sep|>", "Good.<|close|>response<|sep|><|close|>message<|sep|><|end_of_msg|>"]
    .map((text) => ends("the end of Kimi K3's sections (vllm-project/vllm#51412)", text)),
  ends("Kimi K3's sections", '<|open|>message role="assistant"<|sep|><|open|>response<|sep|>Good.'),
  ends("Kimi K3's next turn", 'Good.<|close|>message<|sep|><|open|>message role="user"<|sep|>Hi'),
  ends("Hunyuan's closing tag (vllm-project/vllm#58127)", "Good.\n</answer>", "Good.\n"),
  ...["▁pad▁", "fim▁hole", "reserved▁1", "begin▁of▁sentence"].map((name) =>
    ends("any token of DeepSeek's (vllm-project/vllm-ascend#9767)", `Good.<｜${name}｜>`)
  ),
  ends("GigaChat's separators", "<|role_sep|>Good.<|message_sep|>"),
  ["the model's own header before a thought", "<|im_start|>assistant\n<think>Hm.</think>Good.", {
    said: "Good.",
    thought: "Hm.",
  }],
]);

testCases([
  plain("HTML that strikes something", "It was <s>old</s> new."),
  plain("HTML that strikes to the end", "It is <s>old</s>"),
  plain("a closing tag of HTML with text behind it", "old</s> new"),
  plain("a mention", "The token <|im_end|> ends a turn."),
  plain("a mention at the end of a sentence", "Turns end with <|im_end|>."),
  plain("a mention of both", "Turns stand between <|im_start|> and <|im_end|>, mostly."),
  plain("a mention at the beginning", "[INST] begins an instruction, [/INST] ends it."),
  plain("a format on lines", "Mistral's format:\n[INST] Hi [/INST] Hello."),
  plain("a mention in quotes", 'It prints "<|im_end|>" then.'),
  plain("a mention in a list", "- <|im_start|>: begins\n- <|im_end|>: ends"),
  plain("a mention of words", "The <eos> and <bos> tokens; [INST] and [/INST] as well."),
  plain("in backticks", "It is `<|im_end|>`, `</s>` or `<|user|>`."),
  plain("in backticks at the end", "It is `<|im_end|>`"),
  plain("in a fence", "```\n<|im_start|>user\nHi<|im_end|>\n```\nThat is ChatML."),
  plain("in a fence at its end", "```\nHi<|im_end|>\n```"),
  plain("another name", "<|image|>, <|x|>, <| y |>, |>, <|"),
  plain("a pipe of F#", "x <| y |> z <| end_of x"),
  plain("a role in words", "user: hi\nassistant: hello"),
  plain("answers in XML", "<answer>42</answer>\n<response>ok</response>"),
  plain("a mention of a closing tag", "It ends with </answer>"),
  plain("a closing tag with text behind it", "ok</answer> and more"),
  plain("a mention of Kimi's tokens", "K3 writes <|open|> before a name, and <|close|> after it."),
  plain("lists of F#", "let xs = [|user|]\nlet ys = [|1; 2|]\nlet zs = [|assistant|]"),
  plain("tokens in a list", "Tokens:\n- <pad>\n- <bos>\n- <eos>: the end\nDone."),
  plain("a token that begins a line", "Two:\n<bos> begins\n<pad> pads\nDone."),
]);
