import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts", "public", "dev", "eslint.config.js"] },
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    files: ["src/**/*.{ts,tsx}", "tests/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      // `onClick={() => setOpen(true)}` reads best on one line.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Numbers in templates are plain enough.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "max-lines": ["error", 500],
    },
  },
  // An import may only go down: app -> features -> widgets -> ui -> api.
  {
    files: ["src/ui/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["@/app/*", "@/features/*", "@/widgets/*", "@/api/*"] }] },
  },
  {
    files: ["src/widgets/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["@/app/*", "@/features/*", "@/api/client"] }] },
  },
  { files: ["src/features/**"], rules: { "no-restricted-imports": ["error", { patterns: ["@/app/*"] }] } },
  { files: ["src/api/**"], rules: { "no-restricted-imports": ["error", { patterns: ["@/app/*", "@/features/*", "@/widgets/*", "@/ui/*"] }] } },
);
