import { defineConfig } from "vitest/config";

// Everything is a file of its own: the page's Content-Security-Policy allows nothing inline.
export default defineConfig({
  build: {
    outDir: "../built",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
  },
  test: { css: true, include: ["tests/**/*.test.ts"] },
});
