// Highlights source code. Loaded when the first file with code is shown.
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import julia from "highlight.js/lib/languages/julia";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";

const LANGUAGES = {
  ...{ bash, cpp, css, diff, go, ini, java, javascript, json, julia, markdown, python, r, rust, sql },
  ...{ typescript, xml, yaml },
};
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

const SUFFIXES: Record<string, keyof typeof LANGUAGES> = {
  ...{ py: "python", pyi: "python", pyx: "python", sh: "bash", bash: "bash", zsh: "bash", c: "cpp" },
  ...{ h: "cpp", cc: "cpp", cpp: "cpp", hpp: "cpp", cu: "cpp", cuh: "cpp", css: "css", diff: "diff" },
  ...{
    patch: "diff",
    go: "go",
    ini: "ini",
    toml: "ini",
    cfg: "ini",
    java: "java",
    kt: "java",
    js: "javascript",
  },
  ...{ mjs: "javascript", jsx: "javascript", json: "json", jsonl: "json", jl: "julia", md: "markdown" },
  ...{ r: "r", rs: "rust", sql: "sql", ts: "typescript", tsx: "typescript", html: "xml", xml: "xml" },
  ...{ svg: "xml", yaml: "yaml", yml: "yaml", lock: "ini" },
};

export interface Token {
  text: string;
  /** What the token is, such as `keyword`; "" for other text. */
  scope: string;
}

interface TokenNode {
  scope?: string;
  children: (TokenNode | string)[];
}

/** Returns the tokens of each line of a file; null if its language is not known. */
export function highlightLines(path: string, text: string): Token[][] | null {
  const language = SUFFIXES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
  if (!language) return null;
  const result = hljs.highlight(text, { language, ignoreIllegals: true });
  // The tree of tokens, in place of HTML: text of a run never becomes markup of the page.
  const root = (result._emitter as unknown as { rootNode: TokenNode }).rootNode;
  const lines: Token[][] = [[]];
  collect(root, "", lines);
  return lines;
}

function collect(node: TokenNode, scope: string, lines: Token[][]): void {
  for (const child of node.children) {
    if (typeof child !== "string") {
      collect(child, child.scope?.split(".")[0] ?? scope, lines);
      continue;
    }
    for (const [i, text] of child.split("\n").entries()) {
      if (i) lines.push([]);
      if (text) lines.at(-1)!.push({ text, scope });
    }
  }
}
