// A dialog over the page. Escape and a click outside close it; the focus returns to where it was.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { closeDialog } from "../state/dialogs";
import "./Dialog.css";

interface DialogProps {
  title: string;
  /** Words for the look: "wide", "sheet", "bare" (no visible title). */
  look?: string;
  children: ComponentChildren;
}

export function DialogBox({ title, look = "", children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = box.current!;
    const before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    element.showModal();
    element.querySelector<HTMLElement>("[data-focus]")?.focus();
    return () => {
      element.close();
      before?.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class={`dialog ${look}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        closeDialog();
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) closeDialog();
      }}
    >
      <div class="dialog-body">
        {!look.includes("bare") && (
          <header>
            <h2>{title}</h2>
            <button type="button" class="plain" aria-label="Close" onClick={closeDialog}>
              ✕
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
