// Builds the page for `gage view --export`: all of it in one script and one style sheet, which Gage writes into a file.
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../src/gage/view/page/export",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      input: "src/exported/main.ts",
      output: {
        format: "es",
        codeSplitting: false,
        entryFileNames: "export.js",
        assetFileNames: "export.[ext]",
      },
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
