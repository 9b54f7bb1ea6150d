import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "../src/gage/view/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/api": "http://127.0.0.1:4100" } },
});
