// Keys, accounts and rates, in the words of each host: what an operator can mend, and what passes.
import { errorsOf, openai } from "./host_error.ts";

export const ACCOUNT_ERRORS = [
  ...errorsOf("auth", 400, {
    "Gemini": [{
      error: {
        code: 400,
        message: "API key not valid. Please pass a valid API key.",
        status: "INVALID_ARGUMENT",
        details: [{ reason: "API_KEY_INVALID" }],
      },
    }],
    "Gemini, expired": [{
      error: { code: 400, message: "API key expired. Please renew the API key.", status: "INVALID_ARGUMENT" },
    }],
    "xAI": {
      code: "Client specified an invalid argument",
      error: "Incorrect API key provided: sk***. You can obtain an API key from https://console.x.ai.",
    },
    "a gateway that gives the class and no status": {
      error: { type: "authentication_error", message: "no" },
    },
  }),
  ...errorsOf("auth", 401, {
    "OpenAI": openai("Incorrect API key provided: sk-x.", { code: "invalid_api_key" }),
    "DeepSeek": openai("Authentication Fails (no such user)", { type: "authentication_error" }),
    "GLM": { error: { code: "1002", message: "Invalid Authentication Token" } },
    "an empty body": "",
    "a page": "<html><title>Who are you?</title></html>",
  }),
  ...errorsOf("auth", 403, {
    "OpenAI, a country": openai("Country, region, or territory not supported", {
      code: "unsupported_country_region_territory",
    }),
    "Anthropic": {
      type: "error",
      error: { type: "permission_error", message: "Your API key does not have permission" },
    },
    "Gemini": [{
      error: { code: 403, message: "Method doesn't allow unregistered callers", status: "PERMISSION_DENIED" },
    }],
    "Databricks": { error_code: "403", message: "Invalid access token." },
    "Cloudflare": "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>",
  }),
  ...errorsOf("auth", 500, {
    "litellm": openai(
      "litellm.AuthenticationError: AuthenticationError: OpenAIException - The api_key client option must be set",
      {
        type: "auth_error",
        code: "401",
      },
    ),
  }),
  ...errorsOf("auth", 429, {
    "GLM, a locked account": { error: { code: "1112", message: "Your account has been locked" } },
  }),
  ...errorsOf("auth", 434, {
    "GLM, no permission": {
      error: { code: "1220", message: "You do not have permission to access the API" },
    },
    "GLM, without a code": "",
  }),
  ...errorsOf("no_credit", 400, {
    "Groq": openai("Organization spend limit reached: blocked API access", { code: "blocked_api_access" }),
    "Anthropic": {
      type: "error",
      error: {
        type: "invalid_request_error",
        message:
          "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
      },
    },
    "DashScope": {
      error: {
        code: "Arrearage",
        type: "Arrearage",
        message: "Access denied, please make sure your account is in good standing.",
      },
    },
    "litellm": openai("Budget has been exceeded! Current cost: 10.2, Max budget: 10.0", {
      type: "budget_exceeded",
      code: "400",
    }),
  }),
  ...errorsOf("no_credit", 400, {
    "Anthropic, a limit of one's own": {
      type: "error",
      error: {
        type: "invalid_request_error",
        message:
          "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
      },
    },
  }),
  ...errorsOf("no_credit", 402, {
    "DeepSeek": openai("Insufficient Balance", { type: "unknown_error", code: "invalid_request_error" }),
    "OpenRouter": {
      error: { code: 402, message: "This request requires more credits, or fewer max_tokens." },
    },
    "an empty body": "",
  }),
  ...errorsOf("no_credit", 403, {
    "Novita": { code: 403, reason: "NOT_ENOUGH_BALANCE", message: "not enough balance", metadata: {} },
    "SiliconFlow": { code: 30001, message: "Sorry, your account balance is insufficient", data: null },
    "xAI, a new team": {
      code: "The caller does not have permission",
      error:
        "Your newly created team doesn't have any credits yet. You can purchase credits on https://console.x.ai",
    },
    "xAI": {
      code: "The caller does not have permission to execute the specified operation",
      error:
        "Your newly created team doesn't have any credits yet, or has used all available credits or reached its monthly spending limit.",
    },
    "new-api": {
      error: { code: "insufficient_user_quota", message: "user quota is not enough", type: "new_api_error" },
    },
    "OpenRouter, a key's own limit": {
      error: { code: 403, message: "Key limit exceeded (total limit). Manage it using the settings" },
    },
    "DashScope": {
      error: {
        code: "AllocationQuota.FreeTierOnly",
        message: "The free tier of the model has been exhausted.",
      },
    },
  }),
  ...errorsOf("no_credit", 412, {
    "Fireworks": {
      error: {
        message:
          "Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.",
      },
    },
  }),
  ...errorsOf("no_credit", 429, {
    "OpenAI": openai("You exceeded your current quota, please check your plan and billing details.", {
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
    "a host that gives no code for it": openai(
      "You exceeded your current quota, please check your plan and billing details.",
      { type: null },
    ),
    "Kimi": {
      error: {
        message: "Your account is suspended due to insufficient balance, please recharge your account",
        type: "exceeded_current_quota_error",
      },
    },
    "GLM": { error: { code: "1113", message: "余额不足或无可用资源包,请充值。" } },
    "GLM, the code as a number": {
      error: { code: 1113, message: "Insufficient balance or no resource package." },
    },
    "Gemini, prepaid": [{
      error: {
        code: 429,
        message: "Your prepayment credits are depleted. Please go to AI Studio.",
        status: "RESOURCE_EXHAUSTED",
      },
    }],
  }),
  ...errorsOf("rate_limited", 429, {
    "OpenAI": openai(
      "Rate limit reached for gpt-5 on tokens per min (TPM): Limit 30000, Used 29000, Requested 4000.",
      {
        type: "tokens",
        code: "rate_limit_exceeded",
      },
    ),
    "Gemini's free tier, in the words of an empty account": [{
      error: {
        code: 429,
        message:
          "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generate_content_free_tier_requests, limit: 10 Please retry in 34.07s.",
        status: "RESOURCE_EXHAUSTED",
        details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34s" }],
      },
    }],
    "a rate told with the context length": openai(
      "Rate limit reached: 40000 tokens per minute. The model's maximum context length is 128000 tokens.",
    ),
    "Mistral": {
      object: "error",
      message: "Rate limit exceeded",
      type: "rate_limited",
      param: null,
      code: "1300",
    },
    "Kimi": {
      error: {
        message: "request reached max request: 3, please try again after 1 seconds",
        type: "rate_limit_reached_error",
      },
    },
    "GLM": { error: { code: "1302", message: "您的账户已达到速率限制" } },
    "DashScope": { error: { code: "limit_requests", message: "You exceeded your current requests list." } },
    "OpenRouter's free models": {
      error: {
        code: 429,
        message:
          "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
      },
    },
    "Cerebras": {
      message: "Tokens per day limit exceeded - too many tokens processed.",
      type: "too_many_tokens_error",
      param: "quota",
      code: "token_quota_exceeded",
    },
    "a plain text": "Too many requests",
    "an empty body": "",
    "Cloudflare": "<html><title>Error 1015</title></html>",
  }),
  ...errorsOf("rate_limited", 403, {
    "Azure's gateway": {
      statusCode: 403,
      message: "Out of call volume quota. Quota exceeded, retry in 3 hours.",
    },
  }),
  ...errorsOf("rate_limited", 413, {
    "Groq": openai(
      "Request too large for model `llama-3.1-8b-instant` in organization `org_1` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 12328, please reduce your message size and try again.",
      { type: "tokens", code: "rate_limit_exceeded" },
    ),
    "the same without its code": openai(
      "Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 12328, please reduce your message size and try again.",
      { type: null },
    ),
  }),
  ...errorsOf("rate_limited", 400, {
    "Bedrock": {
      __type: "com.amazon.coral.service#ThrottlingException",
      message: "Too many tokens, please wait before trying again.",
    },
    "a gateway that gives the class and no status": {
      error: { type: "rate_limit_error", message: "slow down" },
    },
  }),
  ...errorsOf("rate_limited", 500, {
    "a gateway that makes a 500 of everything": { error: { message: "upstream said no", code: 429 } },
  }),
];
