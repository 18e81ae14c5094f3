Dear {{ name | upper }},
{% for line in lines %}- {{ line }}
{% end %}{% if total %}Total: {{ total | money }}
{% end %}