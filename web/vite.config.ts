import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run moose -- up` answers, for `vite dev`. */
const moose = 'http://127.0.0.1:4317';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: true,
    // Most libraries ask for their licence in every copy.
    license: { fileName: 'LICENSES.md' },
  },
  server: { proxy: { '/api': { target: moose, ws: true } } },
});
