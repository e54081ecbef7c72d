import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";

/**
 * A model's text. It may hold what somebody else wrote, so HTML stays text, and an image, which would tell its address
 * to another host as soon as it is shown, becomes a link.
 */
export function Text({ text }: { text: string }) {
  return (
    <div className="text">
      <Markdown
        remarkPlugins={[remarkGfm]}
        components={{
          a: ({ href, children }) => <a href={href} target="_blank" rel="noopener noreferrer">{children}</a>,
          img: ({ src, alt }) => (
            <a href={String(src)} target="_blank" rel="noopener noreferrer">{alt || "Image"}</a>
          ),
        }}
      >
        {text}
      </Markdown>
    </div>
  );
}
