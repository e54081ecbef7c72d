// Small talk, and what the demo model says of itself.
import type { Conversation } from "./conversation.ts";

const CAN_DO = [
  "Ask me for your tasks, projects, notes or calendar, tell me to create or change something,",
  'or give me a larger job such as "Update the Website project and schedule its open tasks".',
].join(" ");

const ABOUT = "I am the demo model of this local stack: a set of rules, not a language model.";

/** A text answer to a message that asks for nothing in the workspace. */
export function smallTalk({ request, background }: Conversation): string {
  const name = /\b(?:name is|user:|called) (\p{Lu}\p{L}+)/u.exec(background)?.[1];
  if (/\b(?:thanks?|thank you|cheers|great|perfect)\b/i.test(request)) {
    return "You're welcome. Tell me if there is more to do.";
  }
  if (/\b(?:bye|goodbye|see you|good night)\b/i.test(request)) {
    return "Goodbye. Everything that we did is kept.";
  }
  if (/\b(?:who|what) are you\b|\byour name\b|\bllm\b|\blanguage model\b|\bai\b/i.test(request)) {
    return `${ABOUT} ${CAN_DO}`;
  }
  if (/\b(?:what can you|help|how do you|how does this)\b/i.test(request)) return `${CAN_DO} ${ABOUT}`;
  if (/^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|moin|hallo|servus)\b/i.test(request)) {
    return `Hello${name === undefined ? "" : ` ${name}`}. ${CAN_DO} ${ABOUT}`;
  }
  const sum = SUM.exec(request);
  if (sum !== null) return `${sum[0]} is ${calculate(Number(sum[1]), sum[2] ?? "+", Number(sum[3]))}.`;
  return `I have no rule for that. ${ABOUT} ${CAN_DO}`;
}

/** Two numbers and a sign between them that stand for themselves: in an id, a date or a time of day, they don't. */
const SUM = /(?<![-+*×/:.\w])(-?\d+(?:\.\d+)?) ?([-+*x×/]) ?(-?\d+(?:\.\d+)?)(?![-+*×/:\w]|\.\d)/;

function calculate(a: number, operator: string, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "/":
      return a / b;
    default:
      return a * b;
  }
}
