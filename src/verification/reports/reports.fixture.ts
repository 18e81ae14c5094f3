// What runners wrote into files, taken from real runs; stacks are left out.

/** surefire 3.2.5, `TEST-a.ATest$Inner.xml`, without stacks. */
export const surefireReport = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report-3.0.xsd" version="3.0" name="a.ATest$Inner" time="0.025" tests="1" errors="1" skipped="0" failures="0">
  <properties>
    <property name="java.specification.version" value="17"/>
  </properties>
  <testcase name="passes" classname="a.ATest" time="0.075"/>
  <testcase name="cases(String)[1]" classname="a.ATest" time="0.053"/>
  <testcase name="cases(String)[2]" classname="a.ATest" time="0.009"/>
  <testcase name="fails" classname="a.ATest" time="0.04">
    <failure message="a &lt; b &amp; &quot;c&quot; ==&gt; expected: &lt;1&gt; but was: &lt;2&gt;" type="org.opentest4j.AssertionFailedError"><![CDATA[org.opentest4j.AssertionFailedError: a < b & "c" ==> expected: <1> but was: <2>
]]></failure>
  </testcase>
  <testcase name="flaky" classname="a.ATest" time="0.008">
    <failure message="expected: &lt;true&gt; but was: &lt;false&gt;" type="org.opentest4j.AssertionFailedError"><![CDATA[org.opentest4j.AssertionFailedError: expected: <true> but was: <false>
]]></failure>
  </testcase>
  <testcase name="skipped" classname="a.ATest" time="0.0">
    <skipped message="not here"/>
  </testcase>
  <testcase name="deep" classname="a.ATest$Inner" time="0.005">
    <error message="boom" type="java.lang.RuntimeException"><![CDATA[java.lang.RuntimeException: boom
]]></error>
    <rerunError message="boom" type="java.lang.RuntimeException">
      <stackTrace><![CDATA[java.lang.RuntimeException: boom
]]></stackTrace>
    </rerunError>
  </testcase>
</testsuite>
`;

/** surefire 3.2.5, `TEST-a.ATest.xml` of the same run. */
export const surefireRerun = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report-3.0.xsd" version="3.0" name="a.ATest" time="0.079" tests="2" errors="0" skipped="0" failures="1">

  <testcase name="fails" classname="a.ATest" time="0.009">
    <failure message="a &lt; b &amp; &quot;c&quot; ==&gt; expected: &lt;1&gt; but was: &lt;2&gt;" type="org.opentest4j.AssertionFailedError"><![CDATA[org.opentest4j.AssertionFailedError: a < b & "c" ==> expected: <1> but was: <2>
]]></failure>
  </testcase>
  <testcase name="flaky" classname="a.ATest" time="0.001"/>
</testsuite>
`;

/** pytest 8, `--junitxml`. */
export const pytestReport = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="2" failures="2" skipped="4" tests="13" time="0.265" timestamp="2026-11-27T21:23:56.863671+00:00" ><testcase classname="" name="tests.test_broken" time="0.000"><error message="collection failure">tests/test_broken.py:1: in &lt;module&gt;
    raise RuntimeError("broken")
E   RuntimeError: broken</error></testcase><testcase classname="" name="tests.test_whole" time="0.000"><skipped message="collection skipped">('/tmp/b/runners/py/tests/test_whole.py', 1, 'Skipped: whole')</skipped></testcase><testcase classname="tests.test_a" name="test_passes" time="0.000" /><testcase classname="tests.test_a" name="test_fails" time="0.001"><failure message="assert 1 == 2">&gt;   def test_fails(): assert 1 == 2
                      ^^^^^^^^^^^^^
E   assert 1 == 2

tests/test_a.py:3: AssertionError</failure></testcase><testcase classname="tests.test_a" name="test_skipped" time="0.000"><skipped type="pytest.skip" message="not here">/tmp/b/runners/py/tests/test_a.py:4: not here</skipped></testcase><testcase classname="tests.test_a" name="test_xfail" time="0.008"><skipped type="pytest.xfail" message="known" /></testcase><testcase classname="tests.test_a" name="test_xpass" time="0.000" /><testcase classname="tests.test_a" name="test_case[x::y]" time="0.000" /><testcase classname="tests.test_a" name="test_case[b[1]]" time="0.001" /><testcase classname="tests.test_a.TestX" name="test_in" time="0.005" /><testcase classname="tests.test_a.TestX.TestY" name="test_deep" time="0.000"><skipped type="pytest.skip" message="inside">/tmp/b/runners/py/tests/test_a.py:15: inside</skipped></testcase><testcase classname="tests.test_a.TestU" name="test_u" time="0.001"><failure message="AssertionError: 1 != 0">self = &lt;test_a.TestU testMethod=test_u&gt;

    def test_u(self):
        for i in range(2):
&gt;           with self.subTest(i=i): self.assertEqual(i, 0)
                                    ^^^^^^^^^^^^^^^^^^^^^^
E           AssertionError: 1 != 0

tests/test_a.py:19: AssertionError</failure></testcase><testcase classname="tests.test_a" name="test_error" time="0.001"><error message="failed on setup with &quot;RuntimeError: set-up&quot;">@pytest.fixture
&gt;   def bad(): raise RuntimeError('set-up')
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
E   RuntimeError: set-up

tests/test_a.py:21: RuntimeError</error></testcase></testsuite></testsuites>
`;
