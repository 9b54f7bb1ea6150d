// A pen that writes SVG, so that a chart is exported by the code that draws it on the screen.
import type { Pen } from "./pen";

interface PenState {
  strokeStyle: string;
  fillStyle: string;
  lineWidth: number;
  globalAlpha: number;
  dash: string;
  clip: string;
}

export class SvgPen implements Pen {
  strokeStyle = "#000";
  fillStyle = "#000";
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "round";
  globalAlpha = 1;
  font = "11px monospace";
  textAlign: CanvasTextAlign = "left";
  textBaseline: CanvasTextBaseline = "middle";
  private dash = "";
  private clipId = "";
  private path: string[] = [];
  private readonly saved: PenState[] = [];
  private readonly parts: string[] = [];
  private clips = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  /** Returns the document. */
  finish(title: string): string {
    const size = `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><title>${escapeXml(title)}</title>${this.parts.join("")}</svg>\n`;
  }

  save(): void {
    const { strokeStyle, fillStyle, lineWidth, globalAlpha, dash, clipId } = this;
    this.saved.push({ strokeStyle, fillStyle, lineWidth, globalAlpha, dash, clip: clipId });
  }

  restore(): void {
    const state = this.saved.pop();
    if (!state) return;
    const { clip, ...rest } = state;
    Object.assign(this, rest);
    this.clipId = clip;
  }

  beginPath(): void {
    this.path = [];
  }

  closePath(): void {
    this.path.push("Z");
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${round(x)} ${round(y)}`);
  }

  lineTo(x: number, y: number): void {
    this.path.push(`${this.path.length ? "L" : "M"}${round(x)} ${round(y)}`);
  }

  /** Draws a whole circle, which is all that charts need. */
  arc(x: number, y: number, radius: number): void {
    const r = round(radius);
    const [left, width] = [round(x - radius), round(2 * radius)];
    this.path.push(`M${left} ${round(y)}a${r} ${r} 0 1 0 ${width} 0a${r} ${r} 0 1 0 ${-width} 0`);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path.push(`M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`);
  }

  clip(): void {
    this.clipId = `clip${++this.clips}`;
    this.parts.push(`<clipPath id="${this.clipId}"><path d="${this.path.join("")}"/></clipPath>`);
  }

  stroke(): void {
    if (!this.path.length) return;
    const dash = this.dash && ` stroke-dasharray="${this.dash}"`;
    const style = `stroke="${escapeXml(this.strokeStyle)}" stroke-width="${this.lineWidth}" stroke-linejoin="round"`;
    this.parts.push(`<path fill="none" ${style}${dash}${this.common()} d="${this.path.join("")}"/>`);
  }

  fill(): void {
    if (!this.path.length) return;
    this.parts.push(`<path fill="${escapeXml(this.fillStyle)}"${this.common()} d="${this.path.join("")}"/>`);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.beginPath();
    this.rect(x, y, width, height);
    this.fill();
  }

  fillText(text: string, x: number, y: number): void {
    const anchor = { right: "end", center: "middle" }[this.textAlign as string] ?? "start";
    const down = { top: "0.8em", middle: "0.35em" }[this.textBaseline as string] ?? "0";
    const style = `font-family="ui-monospace, monospace" font-size="${Number.parseInt(this.font, 10) || 11}"`;
    const place = `x="${round(x)}" y="${round(y)}" dy="${down}" text-anchor="${anchor}"`;
    this.parts.push(`<text ${place} ${style} fill="${escapeXml(this.fillStyle)}">${escapeXml(text)}</text>`);
  }

  setLineDash(dash: number[]): void {
    this.dash = dash.join(" ");
  }

  private common(): string {
    const opacity = this.globalAlpha < 1 ? ` opacity="${round(this.globalAlpha)}"` : "";
    return opacity + (this.clipId && ` clip-path="url(#${this.clipId})"`);
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Returns a text with what XML does not allow replaced and its special characters escaped. */
export function escapeXml(text: string): string {
  let escaped = "";
  for (const each of text) {
    const code = each.codePointAt(0)!;
    const isAllowed =
      code >= 32 ? code !== 0xfffe && code !== 0xffff : code === 9 || code === 10 || code === 13;
    escaped += !isAllowed ? "\ufffd" : "&<>\"'".includes(each) ? `&#${code};` : each;
  }
  return escaped;
}
