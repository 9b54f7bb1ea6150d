// Tags of a run. Many tags are counted; the tooltip has all.
const MAX_TAGS = 3;

export function Tags({ tags }: { tags: readonly string[] }) {
  if (!tags.length) return null;
  const rest = tags.length - MAX_TAGS;
  return (
    <span class="tags" title={tags.join(" ")}>
      {tags.slice(0, MAX_TAGS).map((tag) => (
        <span class="tag" key={tag} dir="auto">
          {tag}
        </span>
      ))}
      {rest > 0 && <span class="tag more">+{rest}</span>}
    </span>
  );
}
