// The job as one rule of ESLint, with all else switched off.
import parser from '@typescript-eslint/parser';

const pipe = {
  meta: { type: 'problem', fixable: 'code', schema: [] },
  create(context) {
    return {
      'CallExpression[callee.property.name="pipe"]'(node) {
        const chain = node.parent.type === 'ExpressionStatement' && node.arguments.length === 1;
        const text = (part) => context.sourceCode.getText(part);
        context.report({
          node,
          message: 'a call of .pipe()',
          fix: chain
            ? (fixer) =>
                fixer.replaceText(
                  node,
                  `pipeline(${text(node.callee.object)}, ${text(node.arguments[0])}, () => {})`,
                )
            : undefined,
        });
      },
    };
  },
};

export default [
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
  { ignores: ['!**/node_modules/', '!**/.*'] },
  {
    files: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
    languageOptions: { parser },
    plugins: { job: { rules: { pipe } } },
    rules: { 'job/pipe': 'error' },
  },
];
