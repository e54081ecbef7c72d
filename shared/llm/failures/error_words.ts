// What hosts say in words only, as data: tried in this order, and only for the kinds that the status leaves
// open. Each line with who says it. What a message quotes has been taken out before: see error_body.ts.
import type { ModelFailureKind } from "../../contracts/model.ts";

interface Wording {
  kind: ModelFailureKind;
  words: RegExp;
  /** Where these are there too, the words mean something else. */
  unless?: RegExp;
}

/** A limit that time lifts. Gemini tells its limits per minute and per day in the words of an empty account. */
const PASSES = /per[ _-]?(?:second|min(?:ute)?|hour|day)|rate[ _-]?limit|retry (?:in|after)|free[ _-]tier/i;

const WORDINGS: readonly Wording[] = [
  // The model's call could not be read: another try may do better.
  {
    kind: "malformed_tool_call",
    words:
      /failed to (?:call a function|generate (?:a )?(?:valid )?(?:tool|function) call)|tool call validation failed/i,
  }, // Groq
  {
    kind: "malformed_tool_call",
    words: /(?:fail\w*|error|unable|could not) (?:to )?pars\w+ (?:the )?(?:tool|function)[ _-]?call/i,
  }, // Ollama, llama.cpp, SGLang
  { kind: "malformed_tool_call", words: /attempted to call tool .{0,80} not in request/i }, // Groq
  {
    kind: "malformed_tool_call",
    words: /failed to parse input at pos|unexpected tokens remaining in message header/i,
  }, // llama.cpp; gpt-oss on vLLM
  { kind: "malformed_tool_call", words: /malformed[ _]function[ _]call/i }, // Gemini

  {
    kind: "content_filtered",
    words:
      /(?:violat\w*|block\w*|flag\w*|reject\w*|trigger\w*|filter\w*|prohibit\w*|against|not allowed)\b.{0,60}\b(?:content|usage|safety|community|acceptable use)\b.{0,30}(?:polic|guideline|system)/i,
  }, // Azure, OpenAI, Anthropic, xAI
  { kind: "content_filtered", words: /(?:was|been|is|were) flagged|flagged (?:as|by|for)\b|safety_check/i }, // OpenAI, OpenRouter, xAI
  {
    kind: "content_filtered",
    words:
      /(?:block|fail|reject|flag|requir)\w*.{0,40}\bmoderation\b|\bmoderation\b.{0,40}(?:block|fail|reject|flag)/i,
  }, // OpenRouter, Mistral
  {
    kind: "content_filtered",
    words:
      /(?:inappropriate|sensitive|unsafe|prohibited|harmful|risky) (?:content|words?)|prohibited_content|considered high risk/i,
  }, // DashScope, GLM, MiniMax, Gemini
  {
    kind: "content_filtered",
    words:
      /content exists risk|blocked by (?:the )?(?:content|safety|guardrail)|guardrails? (?:was |were |has )?(?:enforced|triggered|intervened|violated|blocked)|violated? (?:a |the )?guardrail/i,
  }, // DeepSeek, Bedrock, litellm
  { kind: "content_filtered", words: /敏感|不安全|违规/ }, // GLM, DashScope

  {
    kind: "no_credit",
    words:
      /credit balance is too low|(?:insufficient|not enough) (?:account )?(?:balance|credit|quota|funds)|balance is (?:insufficient|not enough)/i,
  }, // Anthropic; DeepSeek, OpenRouter, Kimi, Novita, SiliconFlow
  { kind: "no_credit", words: /in arrears|overdue payment|account is in good standing/i }, // GLM, DashScope
  {
    kind: "no_credit",
    words:
      /(?:out of|no (?:more )?|n[o']t have (?:any|enough|sufficient)|used all available|requires? more|depleted|exhausted).{0,25}credits?\b|credits? (?:are|is|have been|has been) (?:depleted|exhausted|used up)/i,
  }, // xAI, OpenRouter, Gemini
  {
    kind: "no_credit",
    words: /(?:spend(?:ing)?|billing|hard|budget) limit|budget has been exceeded|key limit exceeded/i,
    unless: PASSES,
  }, // xAI, OpenAI, litellm, OpenRouter
  {
    kind: "no_credit",
    words: /exceeded your (?:current|monthly) (?:quota|included credits)|quota exceeded.{0,40}billing/i,
    unless: PASSES,
  }, // OpenAI, Hugging Face
  {
    kind: "no_credit",
    words: /reached your specified api usage limits|quota (?:is )?exhausted/i,
    unless: PASSES,
  }, // Anthropic, sub2api
  { kind: "no_credit", words: /please (?:recharge|top up)|payment required/i }, // Kimi, MiniMax
  { kind: "no_credit", words: /余额不足|欠费|充值/ }, // GLM, DashScope

  {
    kind: "auth",
    words:
      /(?:invalid|incorrect|wrong|expired|missing|no|unauthorized) (?:api[ _-]?key|access token|auth(?:entication|orization)? (?:credentials?|token|header)|bearer token)/i,
  }, // xAI, OpenAI, OpenRouter, Databricks
  {
    kind: "auth",
    words:
      /api[ _-]?key (?:is |was |has )?(?:not valid|invalid|incorrect|expired|missing|not found|revoked|leaked|required)/i,
  }, // Gemini, MiniMax
  {
    kind: "auth",
    words:
      /authentication (?:fails|failed|error)|invalid authentication|security token.{0,40}(?:invalid|expired)/i,
  }, // DeepSeek, Kimi, Bedrock
  { kind: "auth", words: /login fail|not authorized|unauthorized|(?:location|country).{0,30}not supported/i }, // MiniMax, Gemini

  {
    kind: "rate_limited",
    words: /rate[ _-]?limit|too many (?:requests|concurrent)|requests? (?:rate|limit) (?:exceeded|reached)/i,
  },
  {
    kind: "rate_limited",
    words: /(?:tokens?|requests?) per (?:second|min(?:ute)?|hour|day)|\b[RT]P[MDS]\b|throttl/i,
  }, // Groq, OpenAI, Bedrock
  {
    kind: "rate_limited",
    words: /(?:wait|slow down).{0,40}(?:before trying|and (?:re)?try)|usage limit reached/i,
  }, // Bedrock, GLM
  { kind: "rate_limited", words: /并发|速率|频率|限流/ }, // GLM, DashScope
  { kind: "rate_limited", words: /quota (?:has been |was )?exceeded|exceeded .{0,30}quota/i }, // Google, Azure's gateway

  // llama.cpp says 500 where a model's template refuses the history.
  { kind: "bad_request", words: /roles must alternate|(?:chat|jinja) template|at row \d+, column \d+/i },
  // Too much was asked of the answer, not of the window: the settings are to be mended, not the prompt.
  {
    kind: "bad_request",
    words:
      /supports? at most [\d,]+ (?:completion|output) tokens|maximum (?:allowed )?(?:number of )?(?:completion|output) tokens/i,
    // Cloudflare adds the prompt to them.
    unless: /input and maximum output tokens/i,
  }, // OpenAI, Anthropic
  {
    kind: "bad_request",
    words: /range of max_tokens|maximum value for .{0,3}max_\w*tokens|maximum tokens you requested exceeds/i,
  }, // DashScope, DeepSeek, Groq, Bedrock
  {
    kind: "bad_request",
    words:
      /max_\w*tokens\W{0,3} (?:specified .{0,40})?(?:must be (?:less|at most|between|<)|is too (?:large|high|big)|exceeds|should be|can't be|cannot be|above)/i,
    unless: /context length|inputs?\W{0,3}(?:length|tokens)|prompt tokens/i,
  }, // Groq, Fireworks, Volcengine

  { kind: "context_overflow", words: /context[ _](?:length|window|size|limit)[ _]?exceeded/i },
  {
    kind: "context_overflow",
    words:
      /(?:exceed(?:s|ed|ing)?|greater than|longer than|larger than|beyond|over|too large for)\b.{0,80}\bcontext (?:length|window|size|limit)/i,
  }, // OpenAI, Anthropic, SGLang, llama.cpp, LM Studio, Mistral, Ollama
  {
    kind: "context_overflow",
    words: /context (?:length|window|size|limit).{0,40}(?:exceed|overflow|too small)/i,
  }, // MiniMax
  {
    kind: "context_overflow",
    words: /context (?:length|window) (?:is|of|was) (?:only )?\d|maximum (?:prompt|input|model) length/i,
  }, // OpenAI, OpenRouter, DeepSeek, Together, xAI, vLLM
  {
    kind: "context_overflow",
    words: /\b(?:prompt|input|conversation|context|messages)s? (?:is |was |are )?too (?:long|large)\b/i,
  }, // Anthropic, Bedrock, Ollama, Fireworks, Perplexity
  { kind: "context_overflow", words: /messages\[\d+\]\.content\W.{0,20}too long/i }, // OpenAI: one message of more than a million characters
  { kind: "context_overflow", words: /(?:input|prompt) tokens?\b.{0,60}\bexceed/i }, // Gemini, Azure, Copilot, Bedrock Mantle
  { kind: "context_overflow", words: /exceeded model token limit|token limit exceeded/i }, // Kimi
  {
    kind: "context_overflow",
    words: /reduce the length of (?:the |your )?(?:messages|prompt|input)|reduce your prompt/i,
  }, // Groq, Cerebras
  {
    kind: "context_overflow",
    words: /range of input length|prompt exceeds (?:the )?max|(?:input|prompt) length.{0,40}exceed/i,
  }, // DashScope, GLM, Databricks
  {
    kind: "context_overflow",
    words: /inputs?\W{0,3}tokens? \+ \W?max_new_tokens|must have less than \d+ tokens/i,
  }, // TGI, older Together
  {
    kind: "context_overflow",
    words:
      /prompt_tokens.{0,30}must be less than|configured context size|loaded with context length of only/i,
  }, // SiliconFlow, DS4, LM Studio
  {
    kind: "context_overflow",
    words:
      /exceed(?:s|ed)? (?:the )?max(?:imum)? (?:allowed )?(?:number of )?(?:input |context |prompt )?(?:tokens?|length)/i,
  }, // Databricks, OpenRouter
  { kind: "context_overflow", words: /too many (?:input )?tokens|expected maxlength: \d+, actual/i }, // Cohere, Bedrock
  {
    kind: "context_overflow",
    words:
      /\b(?:messages?|prompt|input|request|total)\b.{0,20}\btokens?\b.{0,50}(?:exceed|(?:more|larger|greater) than)/i,
  }, // MiniMax, Volcengine
  {
    kind: "context_overflow",
    words:
      /requested [\d,]+ tokens.{0,20}max|(?:prompt|messages?) length\b.{0,30}exceed|max(?:imum)? length of (?:the )?(?:message|input|prompt)/i,
  }, // Baichuan, Baidu
  { kind: "context_overflow", words: /max_tokens must be at least 1, got -/i }, // vLLM: the prompt leaves less than nothing
  { kind: "context_overflow", words: /超长|超过.{0,12}(?:长度|上下文)|上下文.{0,8}(?:超|过长)/ }, // GLM, Kimi, DashScope

  { kind: "timeout", words: /timed? ?out\b|deadline exceeded/i },
  {
    kind: "overloaded",
    words:
      /overloaded|(?:no|at|insufficient|over) capacity|temporarily unavailable|loading model|try again later|high (?:demand|traffic|load)/i,
  },
  {
    kind: "bad_request",
    words:
      /model\b.{0,80}(?:not found|not exist|is not supported|not available)|unknown model|invalid model|not a valid model/i,
  },
];

/** The kind that the words are of, among those that `heard` holds. */
export function kindOfWords(
  text: string,
  heard: ReadonlySet<ModelFailureKind>,
): ModelFailureKind | undefined {
  return WORDINGS.find(({ kind, words, unless }) =>
    heard.has(kind) && words.test(text) && !unless?.test(text)
  )?.kind;
}

/** vLLM names the window where the answer's limit alone is too large for it, too: then the settings are wrong. */
export function answerAloneExceedsWindow(text: string): boolean {
  const [, asked, window] =
    /max_\w*tokens\W* is too large: (\d+)\..{0,40}maximum context length is (\d+)/i.exec(text) ?? [];
  return asked !== undefined && Number(asked) >= Number(window);
}
