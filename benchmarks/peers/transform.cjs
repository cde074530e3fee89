// The job as a rewrite by jscodeshift.
module.exports = (file, { jscodeshift }) => {
  const root = jscodeshift(file.source);
  const chains = root.find(jscodeshift.ExpressionStatement, {
    expression: { type: 'CallExpression', callee: { property: { name: 'pipe' } } },
  });
  const done = chains.filter(({ node }) => node.expression.arguments.length === 1);
  if (done.length === 0) return undefined;
  done.replaceWith(({ node: { expression } }) =>
    jscodeshift.expressionStatement(
      jscodeshift.callExpression(jscodeshift.identifier('pipeline'), [
        expression.callee.object,
        expression.arguments[0],
        jscodeshift.arrowFunctionExpression([], jscodeshift.blockStatement([])),
      ]),
    ),
  );
  return root.toSource();
};
