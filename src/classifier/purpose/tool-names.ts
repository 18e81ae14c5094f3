// The purposes of further tools, by the first one or two words of a command. The patterns in purpose.ts come first.
import type { Purpose } from '../failure-case.ts';

const names: Readonly<Partial<Record<Purpose, string>>> = {
  lint: `
    size-limit bundlesize
    cfn-lint gitlint xenon radon interrogate puppet-lint foodcritic cookstyle tfsec terrascan kics kube-linter
    kube-score polaris helm+lint dockle dotenv-linter editorconfig-checker ec lychee linkinator remark alex write-good
    rumdl mdl cmake-lint cmake-format mbake checkmake buildifier svlint nixpkgs-fmt alejandra statix deadnix nph ameba
    elm-format elm-review purs-tidy fourmolu stylish-haskell weeder ocamlformat erlfmt elvis cljfmt clj-kondo eastwood
    kibit ktfmt infer sonar-scanner semgrep snyk gitleaks trufflehog detect-secrets pre-commit lefthook lint-staged
    ember-template-lint lit-analyzer ls-lint secretlint eclint pug-lint sass-lint scss-lint slim-lint brakeman fasterer
    flay flog bundler-audit phan phpinsights ecs rector twigcs squawk jsonlint lintr styler golines gci gocyclo gosec
    errcheck ineffassign misspell nilaway autoflake pyupgrade refurb pyroma darglint doc8 rstcheck fixit mdformat nbqa
    deptry lint-imports verible-verilog-lint trivy addlicense reuse zizmor regal cue+fmt nickel+format taplo tombi
    sql-formatter pgformatter psscriptanalyzer bslint luau-analyze gdlint gdformat fantomas csharpier resharper jb
    dotnet-format mago psalter composer-normalize nixfmt typstyle tex-fmt verilator+--lint-only cargo+deny cargo+audit cargo+machete cargo+udeps cargo+outdated docformatter npm+audit
    pip-audit safety osv-scanner grype ruff-format chktex lacheck gherkin-lint
 `,
  contract: `
    check-jsonschema jv yajsv yamale pykwalify openapi-spec-validator openapi-changes swagger-diff vacuum hive
    graphql-schema-linter conftest cue+vet xmlstarlet json-schema-diff pgroll cargo-public-api go-apidiff
    roave-backward-compatibility-check api-diff clirr sigtest apicompat aexpy openapi-generator-cli+validate
    jsonschema-cli speccy openapi-cli oas-validate avro-tools opa+test polygott schemalint ibis-api
 `,
  test: `
    newman hurl k6 artillery web-test-runner wtr intern terratest kitchen inspec molecule goss nimble+test crystal+spec
    gleam+test elm-test spago+test dune+test dune+runtest raco+test luaunit bashunit shellspec roundup avocado lettuce
    radish ward hammett zope-testrunner trial nosetests nosetests3 ptw phpspec kahlan atoum kotest lein+midje kaocha
    cargo-nextest patrol maestro detox appium specflow forge+test truffle+test hardhat+test anchor+test rebar3+proper
    gradle+test mill+test julia+test stack+test swift-testing terraform+test tofu+test nose pabot green pytest-3
    cppunit doctest catch2 googletest kyua cram lit prove6 zef+test nimble gotip+test xctest xcrun+xctest
 `,
  install: `
    hatch+env rye pixi micromamba easy_install shards gleam+deps rebar3+get-deps cabal+install stack+setup carthage
    ansible-galaxy raco+pkg zypper emerge nix-env nix-shell guix snap flatpak choco winget scoop volta fnm pyenv rbenv
    bower jspm lerna+bootstrap rush helm+dependency helm+repo terraform+init tofu+init swift+package spago+install
    elm+install dotnet+add dotnet+tool microdnf apt-cache dpkg rpm cpanm cpm zef nimble+install gem pear pecl
 `,
  compile: `
    nim ghdl iverilog verilator yosys groovyc crystal gleam ponyc fpc dmd ldc2 gdc odin 
    haxe rescript bsc purs spago agda idris2 coqc rocq lean lake cython cython3 nuitka autoconf autom4te automake
    autoreconf m4 pkg-config pkgconf scons waf premake5 xmake qmake buck2 pants plz mill    
    kustomize jsonnet cue dhall nix-instantiate nix-build pdflatex xelatex lualatex latexmk tectonic typst asciidoctor
    sphinx-build mkdocs hugo jekyll gatsby remix svelte-kit nuxi stencil ember stylus pug handlebars tailwindcss
    lightningcss sucrase ts-node tsx wasm-pack emcc wat2wasm glslc glslangValidator naga dxc nvcc hipcc ispc anchor
    forge truffle hardhat scarb vyper fennel moonc tl antlr4 ragel re2c gperf swig capnp solcjs    
 visudo nginx apachectl haproxy xmllint plutil         
 fsc vbc gnatmake gprbuild yasm      
    fsharpc mono-csc ilasm dotnet-fsi swiftpm qbs cobc cobol iasl dtc terraform+validate terraform+plan tofu+validate tofu+plan packer+validate helm+template nomad+validate flatbuffers slice2cpp
 `,
};

const purposeOfTool = new Map(
  Object.entries(names).flatMap(([purpose, text]) =>
    text
      .trim()
      .split(/\s+/)
      .map((name) => [name.replace('+', ' '), purpose as Purpose] as const),
  ),
);

const commandCharsMax = 500;
/** Words that may come before the tool's own name. */
const before =
  /^(?:(?:[A-Z_][A-Z0-9_]*=\S*|sudo|env|time|nice(?: -n ?\d+)?|nohup|exec|command|npx(?: --?[\w-]+)*|pnpm(?: exec| dlx)?|yarn(?: dlx| exec)?|bunx?(?: x| run)?|uvx?(?: run)?|poetry run|pipenv run|pdm run|hatch run|bundle exec|python[\d.]* -m|mise exec --|timeout(?: -\S+)* \S+|stdbuf \S+)\s+)+/;

/** Patterns of names that tell the purpose. */
const telling: readonly (readonly [Purpose, RegExp])[] = [
  ['lint', /lint|fmt$|format(?:ter)?$|-style|spell/],
  ['test', /^run-?tests?\b|[-_]tests?$|[-_.]spec$/],
  ['compile', /^(?:build|compile)\b|[-_](?:build|compile)$/],
];
const scriptsOfTheirOwn =
  /^(?:node|python|ruby|perl|bash|sh|php|java|npm|pnpm|yarn|bun|deno|git|make|docker)/;

/**
 * The purpose of the first part of the command whose tool is known; otherwise of the first part whose name tells it.
 */
export function purposeOfFirstWord(command: string): Purpose | undefined {
  const tools = command
    .slice(0, commandCharsMax)
    .split(/&&|\|\||[;|(){}\n]/)
    .map((part) => {
      const [tool = '', operand = ''] = part.trim().replace(before, '').split(/\s+/, 2);
      return { name: tool.slice(tool.lastIndexOf('/') + 1), operand };
    });
  for (const { name, operand } of tools) {
    const found = purposeOfTool.get(`${name} ${operand}`) ?? purposeOfTool.get(name);
    if (found) return found;
  }
  for (const { name } of tools) {
    if (scriptsOfTheirOwn.test(name)) continue;
    const found = telling.find(([, pattern]) => pattern.test(name.replace(/\.(?:sh|js|py)$/, '')))?.[0];
    if (found) return found;
  }
  return undefined;
}
