// Markdown on the page. All of it is text nodes and elements that this file names.
import type { ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { type Block, createMarkdownReader, type Inline, readMarkdown } from "./markdown.ts";
import { showModal } from "./show_modal.ts";

interface MarkdownProps {
  text: string;
  /** It still grows: what is finished is not read again, and a caret stands at its end. */
  growing: boolean;
  /** It may speak with another's voice: a link asks before it opens. */
  tainted: boolean;
}

export function Markdown({ text, growing, tainted }: MarkdownProps) {
  const reader = useRef(createMarkdownReader());
  const [asked, ask] = useState<Link | null>(null);
  const blocks = useMemo(() => growing ? reader.current.read(text) : readMarkdown(text), [text, growing]);
  const shown = { ask: tainted ? ask : null };
  return (
    <div class={`markdown ${growing ? "growing" : ""}`} aria-busy={growing}>
      {blocks.map((block, at) => <BlockView key={at} block={block} {...shown} />)}
      {asked && <LinkQuestion link={asked} close={() => ask(null)} />}
    </div>
  );
}

type Link = Extract<Inline, { type: "link" }>;

interface Shown {
  ask: ((link: Link) => void) | null;
}

function BlockView({ block, ask }: Shown & { block: Block }) {
  const words = (inside: readonly Inline[]) => inlines(inside, ask);
  const inner = (blocks: readonly Block[]) =>
    blocks.map((one, at) => <BlockView key={at} block={one} ask={ask} />);
  switch (block.type) {
    case "paragraph":
      return <p>{words(block.inside)}</p>;
    case "heading":
      return (
        <p class="heading" role="heading" aria-level={Math.min(6, block.depth + 2)}>{words(block.inside)}</p>
      );
    case "code":
      return <pre tabIndex={0} aria-label={block.language || "code"}><code>{block.text}</code></pre>;
    case "quote":
      return <blockquote>{inner(block.blocks)}</blockquote>;
    case "rule":
      return <hr />;
    case "table":
      return (
        <div class="table" tabIndex={0} role="region" aria-label="Table">
          <table>
            <thead>
              <tr>{block.head.map((cell, at) => <th key={at} scope="col">{words(cell)}</th>)}</tr>
            </thead>
            <tbody>
              {block.rows.map((row, at) => (
                <tr key={at}>{row.map((cell, i) => <td key={i}>{words(cell)}</td>)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    case "list": {
      const items = block.items.map(({ done, blocks }, at) => (
        <li key={at}>
          {done !== null && (
            <input type="checkbox" checked={done} disabled aria-label={done ? "done" : "open"} />
          )}
          {blocks.length === 1 && blocks[0]?.type === "paragraph" ? words(blocks[0].inside) : inner(blocks)}
        </li>
      ));
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
  }
}

function inlines(inside: readonly Inline[], ask: Shown["ask"]): ComponentChildren {
  return inside.map((one, at) => {
    switch (one.type) {
      case "text":
        return one.text;
      case "code":
        return <code key={at}>{one.text}</code>;
      case "break":
        return <br key={at} />;
      case "strong":
        return <strong key={at}>{inlines(one.inside, ask)}</strong>;
      case "em":
        return <em key={at}>{inlines(one.inside, ask)}</em>;
      case "del":
        return <del key={at}>{inlines(one.inside, ask)}</del>;
      case "link":
        return <LinkView key={at} link={one} ask={ask} />;
    }
  });
}

function LinkView({ link, ask }: Shown & { link: Link }) {
  const clicked = (event: MouseEvent) => {
    if (!ask) return;
    event.preventDefault();
    ask(link);
  };
  const { href, host, inside } = link;
  const told = wordsOf(inside).includes(host);
  return (
    <>
      <a
        href={href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        onClick={clicked}
        onAuxClick={clicked}
      >
        {inlines(inside, null)}
      </a>
      {!told && <span class="faint">{` (${host})`}</span>}
    </>
  );
}

function wordsOf(inside: readonly Inline[]): string {
  return inside.map((one) => "text" in one ? one.text : "inside" in one ? wordsOf(one.inside) : "").join("");
}

function LinkQuestion({ link: { href, host }, close }: { link: Link; close: () => void }) {
  return (
    <dialog class="sheet" ref={showModal} onClose={close}>
      <h2>Open a link to {host}?</h2>
      <p class="muted">This run has read text from outside, which may have written the link. It leads to</p>
      <p class="mono link-target">{href}</p>
      <form method="dialog" class="sheet-actions">
        <button type="submit" class="button">Stay here</button>
        <a class="button" href={href} target="_blank" rel="noopener noreferrer nofollow" onClick={close}>
          Open it
        </a>
      </form>
    </dialog>
  );
}
